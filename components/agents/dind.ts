import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CA_FILE } from "../../kubernetes/company";
import { RESTRICTED } from "../../kubernetes/security";
import { CLIENT_CERTIFICATES, DAEMON_CERTIFICATES, DAEMON_FILE, DOCKER_HOST } from "./daemon";
import { daemonSecurity, DIND_CONTAINER, type Wall } from "./runtime";

/**
 * The jobs' working directories: GoCD's images link the second path to the first, and a job's `$PWD` may be either, so the
 * daemon must find the same files under both.
 */
export const WORKSPACE_PATHS = ["/godata/pipelines", "/go-working-dir/pipelines"] as const;

/** The workspace and the cache, as the pod's volumes are called; also the names of the claims' templates. */
export const WORKSPACE = "workspace";
export const CACHE = "cache";

/** A folder of the workspace's volume, so that lost+found is no pipeline. */
export const workspaceMount = (mountPath: string) => ({ name: WORKSPACE, mountPath, subPath: "pipelines" });

const PEM = ["ca.pem", "cert.pem", "key.pem"] as const;

/** The three files of this pod out of a Secret that holds those of every pod in the pool. */
const ownFiles = (volume: string, directory: string) =>
  PEM.map((file) => ({
    name: volume,
    mountPath: `${directory}/${file}`,
    subPathExpr: `$(POD_NAME).${file}`,
    readOnly: true,
  }));

export const POD_NAME_ENV = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } } as const;

export interface DindSpec {
  readonly pool: string;
  readonly image: pulumi.Input<string>;
  /** CPU request; memory request and limit. */
  readonly cpu: string;
  readonly memory: string;
  readonly wall: Wall;
  /** Config map with `daemon.json`, and one's own authorities where there are some. */
  readonly daemonConfigMap: pulumi.Input<string>;
  /** Hosts of registries, with their ports if they have some, for which the daemon trusts those authorities by name; none without them. */
  readonly registries: readonly string[];
  readonly secrets: { readonly daemon: pulumi.Input<string>; readonly client: pulumi.Input<string> };
}

/**
 * A Docker daemon beside the agent, and everything both must agree on: the two init containers in their order, their volumes,
 * and the environment and mounts by which the agent reaches the daemon.
 */
export function dindSidecar(spec: DindSpec) {
  return {
    initContainers: [certificatesContainer(spec), dindContainer(spec)],
    volumes: [
      { name: "daemon", configMap: { name: spec.daemonConfigMap, ...daemonFiles(spec.registries) } },
      { name: "daemon-tls", secret: { secretName: spec.secrets.daemon, defaultMode: 0o440 } },
      { name: "client-tls", secret: { secretName: spec.secrets.client, defaultMode: 0o440 } },
      { name: "daemon-certs", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      { name: "client-certs", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ],
    clientEnv: [
      { name: "DOCKER_HOST", value: DOCKER_HOST },
      { name: "DOCKER_TLS_VERIFY", value: "1" },
      { name: "DOCKER_CERT_PATH", value: CLIENT_CERTIFICATES },
    ],
    clientMounts: [{ name: "client-certs", mountPath: CLIENT_CERTIFICATES, readOnly: true }],
  };
}

/** Every file of the config map, and the authorities once more where dockerd looks for those of one registry ("certs.d"). */
function daemonFiles(registries: readonly string[]) {
  if (registries.length === 0) return {};
  const folders = ["", ...registries.map((registry) => `certs.d/${registry}/`)];
  return {
    items: [
      { key: DAEMON_FILE, path: DAEMON_FILE },
      ...folders.map((folder) => ({ key: CA_FILE, path: `${folder}${CA_FILE}` })),
    ],
  };
}

/**
 * Copies both sides' files once for the life of the pod. The Secrets may change under a running pod; a container that restarts
 * alone then still meets the other side's certificate.
 */
function certificatesContainer(spec: DindSpec) {
  return {
    name: "certificates",
    image: spec.image,
    command: ["prepare-certificates"],
    env: [POD_NAME_ENV, { name: "POOL", value: spec.pool }],
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext: RESTRICTED,
    volumeMounts: [
      ...ownFiles("daemon-tls", "/secrets/daemon"),
      ...ownFiles("client-tls", "/secrets/client"),
      { name: "daemon-certs", mountPath: DAEMON_CERTIFICATES },
      { name: "client-certs", mountPath: CLIENT_CERTIFICATES },
    ],
  } satisfies k8s.types.input.core.v1.Container;
}

/** The only container anywhere that may be privileged. A native sidecar: up before the agent starts, down after it has ended. */
function dindContainer(spec: DindSpec) {
  return {
    name: DIND_CONTAINER,
    image: spec.image,
    restartPolicy: "Always",
    // Just the daemon's name: with it the image's entry point adds no listener to those of daemon.json.
    args: ["dockerd"],
    securityContext: daemonSecurity(spec.wall),
    // Five minutes: before it starts, a large workspace is walked through for files of others.
    startupProbe: {
      exec: { command: ["docker", "info"] },
      periodSeconds: 2,
      timeoutSeconds: 10,
      failureThreshold: 150,
    },
    // Five minutes of silence: a busy disk makes a daemon slow, and a restart kills every running build.
    livenessProbe: {
      exec: { command: ["docker", "info"] },
      periodSeconds: 60,
      timeoutSeconds: 30,
      failureThreshold: 5,
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: spec.cpu, memory: spec.memory }, limits: { memory: spec.memory } },
    volumeMounts: [
      { name: CACHE, mountPath: "/var/lib/docker", subPath: "docker" },
      { name: "daemon", mountPath: "/etc/docker", readOnly: true },
      { name: "daemon-certs", mountPath: DAEMON_CERTIFICATES },
      ...WORKSPACE_PATHS.map(workspaceMount),
    ],
  } satisfies k8s.types.input.core.v1.Container;
}
