import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  certificatesAnnotation,
  companyEnv,
  companyJvmOptions,
  companyNodeEnv,
  companyVolumes,
  pullSecrets,
  type Company,
} from "../../kubernetes/company";
import { gitSsh } from "../../kubernetes/git-ssh";
import { selector } from "../../kubernetes/labels";
import type { Placement } from "../../kubernetes/placement";
import { mebibytes } from "../../kubernetes/quantities";
import { GO_GROUP, RESTRICTED } from "../../kubernetes/security";
import { backupContainer, restoreContainer, type BackupSpec } from "./backup";
import { repositoryContainers, repositoryEnv, type ConfigRepository } from "./config-repository";

/** Name of StatefulSet, Service and Secret in the server's namespace. */
export const SERVER = "gocd-server";
export const PORT = 8153;
/** Where the server finds its Secret. */
export const SECRET_DIRECTORY = "/etc/gocd-server";
const SECRET_MOUNT = { name: "secret", mountPath: SECRET_DIRECTORY, readOnly: true } as const;

const HEALTH = { httpGet: { path: "/go/api/v1/health", port: "http" } } as const;

/** Version of GoCD in images/server; a restore refuses backups of newer ones. */
export const GOCD_VERSION = "26.1.0";

export interface ServerSpec {
  readonly instance: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: { readonly [key: string]: string };
  /** Housekeeping's has what runs beside the server and before it. */
  readonly images: { readonly server: pulumi.Input<string>; readonly housekeeping: pulumi.Input<string> };
  /** JVM heap, such as `1Gi`. */
  readonly heap: string;
  /** Memory beside the heap, such as `2Gi`: metaspace, code cache, threads, direct buffers, and the processes of git. */
  readonly headroom: string;
  /** CPU request. */
  readonly cpu: string;
  /** Further options of the JVM. */
  readonly jvmOptions: readonly string[];
  /** Whether people come by HTTPS through a proxy. */
  readonly behindProxy: boolean;
  /** Jars by the name that they get on the disk. */
  readonly plugins: { readonly [name: string]: { readonly url: string; readonly sha256: string } };
  readonly configRepository?: ConfigRepository | undefined;
  readonly claims: { readonly data: pulumi.Input<string>; readonly artifacts: pulumi.Input<string> };
  readonly secret: pulumi.Input<string>;
  readonly company: Company;
  /** Config map with certificates of one's own authorities. */
  readonly caConfigMap?: pulumi.Input<string> | undefined;
  /** Secret with keys and hosts of Git over SSH. */
  readonly sshSecret?: pulumi.Input<string> | undefined;
  readonly placement: Placement;
  /** Absent where there is no bucket. */
  readonly backup?: BackupSpec | undefined;
  /** For so many days backups stay on the disk where there is no bucket. */
  readonly keepDays: number;
}

export function serverService(spec: Pick<ServerSpec, "instance" | "namespace" | "labels">) {
  return {
    metadata: { name: SERVER, namespace: spec.namespace, labels: spec.labels },
    spec: {
      type: "ClusterIP",
      selector: selector(spec.instance, "gocd-server"),
      ports: [{ name: "http", port: PORT, targetPort: "http", protocol: "TCP" }],
    },
  } satisfies k8s.types.input.core.v1.Service;
}

/** Moving the only server to save a node would interrupt everybody. Housekeeping may move. */
const STAYS = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" } as const;

/** One server, never two: H2 and the configuration repository belong to one process. */
export function serverStatefulSet(spec: ServerSpec) {
  const heap = mebibytes(spec.heap);
  const memory = `${heap + mebibytes(spec.headroom)}Mi`;
  const ssh = gitSsh(spec.sshSecret);
  const ca = companyVolumes(spec.caConfigMap);
  const { housekeeping: image } = spec.images;
  const storage = { image, env: companyNodeEnv(spec.company), mounts: ca.mounts };
  const withKeys = { ...storage, mounts: [SECRET_MOUNT, ...ca.mounts] };
  const server = {
    image: spec.images.server,
    env: [...serverEnv(heap, spec), ...companyEnv(spec.company), ...ssh.env],
    volumeMounts: [
      // Folders of the disk rather than its root, where lost+found is.
      { name: "data", mountPath: "/godata", subPath: "godata" },
      { name: "data", mountPath: "/home/go", subPath: "home" },
      // A disk of its own: H2 breaks when artifacts fill the disk it is on.
      { name: "artifacts", mountPath: "/godata/artifacts", subPath: "artifacts" },
      SECRET_MOUNT,
      ...ca.mounts,
      ...ssh.mounts,
    ],
  };
  return {
    metadata: { name: SERVER, namespace: spec.namespace, labels: spec.labels },
    spec: {
      serviceName: SERVER,
      replicas: 1,
      // There is one all the same. In order, a server that does not start (a refused restore, a bad option) would never be replaced by
      // the one that mends it: kubernetes/kubernetes#67250.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selector(spec.instance, "gocd-server") },
      template: {
        metadata: {
          labels: spec.labels,
          annotations: { ...STAYS, ...certificatesAnnotation(spec.company) },
        },
        spec: {
          ...spec.placement,
          ...pullSecrets(spec.company),
          serviceAccountName: SERVER,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // OnRootMismatch, because walking through all artifacts at each start takes minutes.
          securityContext: { fsGroup: GO_GROUP, fsGroupChangePolicy: "OnRootMismatch" },
          // H2 closes its file properly, or the next start repairs it.
          terminationGracePeriodSeconds: 300,
          initContainers: [
            ...(spec.backup?.restore === undefined
              ? []
              : [restoreContainer(spec.backup, spec.backup.restore, GOCD_VERSION, withKeys)]),
            ...(spec.configRepository ? repositoryContainers(server, image) : []),
          ],
          containers: [
            {
              name: "server",
              ...server,
              ports: [{ name: "http", containerPort: PORT, protocol: "TCP" }],
              terminationMessagePolicy: "FallbackToLogsOnError",
              resources: { requests: { cpu: spec.cpu, memory }, limits: { memory } },
              securityContext: RESTRICTED,
              // Half an hour: the first start of a new version may migrate the database.
              startupProbe: { ...HEALTH, periodSeconds: 10, failureThreshold: 180 },
              readinessProbe: { ...HEALTH, periodSeconds: 10, timeoutSeconds: 5 },
              livenessProbe: { ...HEALTH, periodSeconds: 30, timeoutSeconds: 15, failureThreshold: 5 },
            },
            ...(spec.backup ? [backupContainer(spec.backup, storage)] : []),
          ],
          volumes: [
            { name: "data", persistentVolumeClaim: { claimName: spec.claims.data } },
            { name: "artifacts", persistentVolumeClaim: { claimName: spec.claims.artifacts } },
            { name: "secret", secret: { secretName: spec.secret, defaultMode: 0o440 } },
            ...ca.volumes,
            ...ssh.volumes,
          ],
        },
      },
    },
  } satisfies k8s.types.input.apps.v1.StatefulSet;
}

/** For the image's entry point, and for the hooks in images/server. */
function serverEnv(
  heap: number,
  spec: Pick<
    ServerSpec,
    "jvmOptions" | "behindProxy" | "plugins" | "configRepository" | "backup" | "keepDays" | "company"
  >,
) {
  const { plugins, configRepository } = spec;
  const lines = Object.entries(plugins).map(([name, { url, sha256 }]) => `${name} ${sha256} ${url}\n`);
  return [
    { name: "GOCD_SERVER_JVM_OPTS", value: jvmOptions(heap, spec) },
    ...(lines.length > 0 ? [{ name: "PLUGINS", value: lines.sort().join("") }] : []),
    ...(configRepository ? repositoryEnv(configRepository) : []),
    ...(spec.backup ? [] : [{ name: "BACKUP_KEEP_DAYS", value: String(spec.keepDays) }]),
  ];
}

/**
 * Session cookies that browsers send by HTTPS alone, and connections that the proxy closes first: Google's load balancers reuse one
 * for 600 seconds, and GoCD would close it after 30, with a request on its way (`SystemEnvironment`, `GoPlainSocketConnector`).
 */
const BEHIND_PROXY = ["-Dgo.sessioncookie.secure=Y", "-Didle.timeout=620000"] as const;

/**
 * A fixed heap; and no agent is approved because it says that it is on the server's own machine: GoCD takes an agent's address
 * from a header that any job can send (`GoPlainSocketConnector`, `AgentInstance.createFromLiveAgent`).
 */
function jvmOptions(
  heap: number,
  { jvmOptions: more, behindProxy, company }: Pick<ServerSpec, "jvmOptions" | "behindProxy" | "company">,
) {
  const own = [`-Xms${heap}m`, `-Xmx${heap}m`, "-Dgo.auto.register.local.agent.enabled=false"];
  // The entry point has a shell split this into words; settings allow no quotes.
  return [
    ...own,
    ...(behindProxy ? BEHIND_PROXY : []),
    ...[...companyJvmOptions(company), ...more].map((option) => `'${option}'`),
  ].join(" ");
}
