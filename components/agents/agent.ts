import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { companyEnv, companyJvmOptions, companyVolumes, pullSecrets, type Company } from "../../kubernetes/company";
import { gitSsh } from "../../kubernetes/git-ssh";
import { POOL_LABEL, selector } from "../../kubernetes/labels";
import type { Placement } from "../../kubernetes/placement";
import { seconds } from "../../kubernetes/quantities";
import { RESTRICTED } from "../../kubernetes/security";
import { dockerLogins } from "./logins";
import { podFields, type PodFields } from "./pod-fields";
import { guaranteed, podAnnotations, podOnItsNodes } from "./runtime";
import { CACHE, dindSidecar, POD_NAME_ENV, WORKSPACE, WORKSPACE_PATHS, workspaceMount, type DindSpec } from "./dind";

/** Where the agent finds its uuid and token. */
const IDENTITY_DIRECTORY = "/etc/gocd-agent";

/** After the job's time, the agent's own end, and the daemon's, which gets what is left. */
const SHUTDOWN_SECONDS = 60;

/** How long a pod takes to be ready: image pulls and a node that the autoscaler has to start included. */
const START_SECONDS = 600;

export interface PoolSpec {
  /** `gocd-<stack>`. */
  readonly instance: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: { readonly [key: string]: string };
  readonly pool: string;
  readonly replicas: number;
  readonly image: pulumi.Input<string>;
  readonly serverUrl: pulumi.Input<string>;
  readonly housekeepingUrl: pulumi.Input<string>;
  /** CPU request; memory request and limit; request for what the agent writes outside its volumes. */
  readonly agent: { readonly cpu: string; readonly memory: string; readonly ephemeralStorage: string };
  readonly dind: DindSpec;
  /** `daemon.json`, whose change restarts the pool. */
  readonly daemonConfig: string;
  /** What the agent removes after each job; `clean` is what its image does by itself. */
  readonly isolation: "shared" | "clean" | "fresh";
  /** A number whose change restarts the pool with new certificates. */
  readonly rotation: number;
  readonly identitySecret: pulumi.Input<string>;
  /** Secret with keys and hosts of Git over SSH. */
  readonly sshSecret?: pulumi.Input<string> | undefined;
  /** Registries that jobs are logged in to, and the Secret with what they log in with. */
  readonly logins: readonly string[];
  readonly loginsSecret?: pulumi.Input<string> | undefined;
  /** How long a job may go on when its agent shall stop, such as `30m`. */
  readonly gracePeriod: string;
  /** Sizes of the claims. */
  readonly workspace: string;
  readonly cache: string;
  readonly storageClass: pulumi.Input<string>;
  readonly placement: Placement;
  readonly pod: PodFields;
  readonly company: Company;
  /** Config map with certificates of one's own authorities. */
  readonly caConfigMap?: pulumi.Input<string> | undefined;
}

/** What selects a pool's pods, and no other's. */
function poolSelector(instance: string, pool: string): { readonly [key: string]: string } {
  return { ...selector(instance, "gocd-agent"), [POOL_LABEL]: pool };
}

/** The longest that a change to a pool may take: its agents one after the other, each finishing its job. */
export function rolloutSeconds(spec: Pick<PoolSpec, "replicas" | "gracePeriod">): number {
  return spec.replicas * (seconds(spec.gracePeriod) + SHUTDOWN_SECONDS + START_SECONDS);
}

/**
 * Gives the StatefulSet's pods their names, from before they are ready: housekeeping looks up by name where an agent that waits
 * for approval must come from. Nobody connects to an agent.
 */
export function poolService(spec: Pick<PoolSpec, "instance" | "namespace" | "labels" | "pool">) {
  return {
    metadata: { name: spec.pool, namespace: spec.namespace, labels: spec.labels },
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: poolSelector(spec.instance, spec.pool) },
  } satisfies k8s.types.input.core.v1.Service;
}

/** One agent at a time: whoever drains nodes waits for the job on it. */
export function poolDisruptionBudget(spec: Pick<PoolSpec, "instance" | "namespace" | "labels" | "pool">) {
  return {
    metadata: { name: spec.pool, namespace: spec.namespace, labels: spec.labels },
    spec: { maxUnavailable: 1, selector: { matchLabels: poolSelector(spec.instance, spec.pool) } },
  } satisfies k8s.types.input.policy.v1.PodDisruptionBudget;
}

export function poolStatefulSet(spec: PoolSpec) {
  return {
    metadata: { name: spec.pool, namespace: spec.namespace, labels: spec.labels },
    spec: {
      serviceName: spec.pool,
      replicas: spec.replicas,
      // In order, the first agent that waits for the server would hold up all others.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: poolSelector(spec.instance, spec.pool) },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      volumeClaimTemplates: [claim(WORKSPACE, spec.workspace, spec), claim(CACHE, spec.cache, spec)],
      template: {
        metadata: {
          labels: { ...spec.pod.labels, ...spec.labels },
          annotations: {
            ...spec.pod.annotations,
            ...podAnnotations(spec.dind.wall),
            "gocd-on-kubernetes/rotation": String(spec.rotation),
            "gocd-on-kubernetes/daemon-config": createHash("sha256")
              .update(`${spec.daemonConfig}${spec.company.certificates ?? ""}`)
              .digest("hex")
              .slice(0, 16),
            // Moving a busy agent to save a node would cost a build.
            "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
          },
        },
        spec: agentPod(spec),
      },
    },
  } satisfies k8s.types.input.apps.v1.StatefulSet;
}

function agentPod(spec: PoolSpec) {
  const { wall } = spec.dind;
  const sidecar = dindSidecar(spec.dind);
  const ssh = gitSsh(spec.sshSecret);
  const logins = dockerLogins(spec.loginsSecret, spec.logins);
  const own = podFields(spec.pod);
  const ca = companyVolumes(spec.caConfigMap);
  const jvmOptions = companyJvmOptions(spec.company);
  return {
    ...podOnItsNodes(wall, spec.placement),
    serviceAccountName: spec.pool,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // No fsGroup: it would change groups and modes inside the image layers of the cache.
    terminationGracePeriodSeconds: seconds(spec.gracePeriod) + SHUTDOWN_SECONDS,
    ...own.pod,
    ...pullSecrets(spec.company),
    initContainers: [...guaranteed(wall, sidecar.initContainers), ...guaranteed(wall, own.sidecars)],
    containers: guaranteed(wall, [
      {
        name: "agent",
        image: spec.image,
        env: [
          POD_NAME_ENV,
          { name: "GO_SERVER_URL", value: spec.serverUrl },
          { name: "HOUSEKEEPING_URL", value: spec.housekeepingUrl },
          { name: "DRAIN_SECONDS", value: String(seconds(spec.gracePeriod)) },
          ...(spec.isolation === "clean" ? [] : [{ name: "ISOLATION", value: spec.isolation }]),
          ...sidecar.clientEnv,
          ...companyEnv(spec.company),
          ...(jvmOptions.length > 0 ? [{ name: "GOCD_AGENT_JVM_OPTS", value: jvmOptions.join(" ") }] : []),
          ...ssh.env,
          ...logins.env,
          ...own.env,
        ],
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: {
          requests: {
            cpu: spec.agent.cpu,
            memory: spec.agent.memory,
            "ephemeral-storage": spec.agent.ephemeralStorage,
          },
          limits: { memory: spec.agent.memory },
        },
        securityContext: RESTRICTED,
        readinessProbe: { exec: { command: ["agent-ready"] }, periodSeconds: 10, timeoutSeconds: 5 },
        // Fails only where the server definitely does not know the agent; the restart registers it again.
        livenessProbe: {
          exec: { command: ["agent-known"] },
          initialDelaySeconds: 60,
          periodSeconds: 60,
          timeoutSeconds: 15,
        },
        lifecycle: { preStop: { exec: { command: ["agent-drain"] } } },
        volumeMounts: [
          workspaceMount(WORKSPACE_PATHS[0]),
          ...sidecar.clientMounts,
          ...(["uuid", "token"] as const).map((file) => ({
            name: "identity",
            mountPath: `${IDENTITY_DIRECTORY}/${file}`,
            subPathExpr: `$(POD_NAME).${file}`,
            readOnly: true,
          })),
          ...ca.mounts,
          ...ssh.mounts,
          ...logins.mounts,
          ...own.mounts,
        ],
      },
    ]),
    volumes: [
      ...sidecar.volumes,
      { name: "identity", secret: { secretName: spec.identitySecret, defaultMode: 0o440 } },
      ...ca.volumes,
      ...ssh.volumes,
      ...logins.volumes,
      ...own.volumes,
    ],
  } satisfies k8s.types.input.core.v1.PodSpec;
}

function claim(name: string, size: string, spec: PoolSpec) {
  return {
    metadata: { name, labels: spec.labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: spec.storageClass,
      resources: { requests: { storage: size } },
    },
  } satisfies k8s.types.input.core.v1.PersistentVolumeClaim;
}
