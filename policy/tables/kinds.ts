// What the pack knows about the shapes of Kubernetes objects. Plain data.
import { words } from "./words";

/** Built-in kinds that run pods, and where their pod specification is. */
export const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  PodTemplate: ["template", "spec"],
  Deployment: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  ReplicationController: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** API groups in which the kinds above are built in, old ones included. */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(["", "apps", "batch", "extensions"]);

/** Lists of containers in a pod specification. */
export const CONTAINER_LISTS: readonly string[] = ["containers", "initContainers", "ephemeralContainers"];

const shaped = <S extends string>(shape: S, names: string) =>
  Object.fromEntries(words(names).map((name) => [name, shape]));

/** Which shape a property has wherever it describes a pod; a value of another shape cannot be read, let alone judged. */
export const SHAPES: Readonly<Record<string, "list" | "object" | "text" | "switch">> = {
  ...shaped(
    "list",
    `containers initContainers ephemeralContainers volumes volumeMounts volumeDevices volumeClaimTemplates env envFrom
      command args`,
  ),
  ...shaped("object", "spec template jobTemplate securityContext capabilities seLinuxOptions"),
  ...shaped("list", "add"),
  ...shaped("object", "windowsOptions hostPath local"),
  ...shaped("text", "image"),
  ...shaped("switch", "privileged hostProcess hostNetwork hostPID hostIPC shareProcessNamespace"),
};

/** Properties whose value decides a rule: while it is unknown, the report says that it could not be checked. */
export const decisive: ReadonlySet<string> = new Set([
  ...Object.keys(SHAPES),
  ...words(`path procMount type items externalIPs metadata mounts source nfs iscsi csi driver server targetPortal provisioner
    values device devices networkMode pidMode ipcMode`),
]);

/**
 * Objects that describe what others may do instead of running it: nothing below `key` ever becomes a pod.
 * `key` undefined means the whole object.
 */
export const DESCRIPTIONS: readonly {
  readonly kind: string;
  readonly group: string;
  readonly key: string | undefined;
}[] = [
  { kind: "CustomResourceDefinition", group: "apiextensions.k8s.io", key: "schema" },
  { kind: "CustomResourceDefinition", group: "apiextensions.k8s.io", key: "validation" },
  { kind: "CompositeResourceDefinition", group: "apiextensions.crossplane.io", key: "schema" },
  { kind: "PodSecurityPolicy", group: "policy", key: undefined },
  { kind: "PodSecurityPolicy", group: "extensions", key: undefined },
  { kind: "SecurityContextConstraints", group: "security.openshift.io", key: undefined },
  { kind: "ClusterPolicy", group: "kyverno.io", key: "validate" },
  { kind: "Policy", group: "kyverno.io", key: "validate" },
  { kind: "ConstraintTemplate", group: "templates.gatekeeper.sh", key: undefined },
];

/** Properties that other formats spell in another way, with the name that the rules look for. */
export const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hostPath: ["host_path", "hostpath", "host-path", "HostPath", "PathOnHost", "hostDisk", "dataDirHostPath"],
    hostPaths: ["host_paths"],
    sourcePath: ["source_path", "SourcePath"],
    hostNetwork: ["host_network", "HostNetwork", "hostNetworking"],
    hostPID: ["host_pid", "hostPid", "HostPID"],
    hostIPC: ["host_ipc", "hostIpc", "HostIPC"],
    shareProcessNamespace: ["share_process_namespace"],
    securityContext: ["security_context"],
    privileged: ["Privileged", "privileged_mode"],
    capAdd: ["cap_add", "cap-add", "CapAdd"],
    securityOpts: ["security_opt", "security_opts", "securityOpt", "SecurityOpt", "dockerSecurityOptions"],
    networkMode: ["network_mode", "NetworkMode"],
    pidMode: ["pid_mode", "PidMode", "pid"],
    ipcMode: ["ipc_mode", "IpcMode", "ipc"],
    usernsMode: ["userns_mode", "UsernsMode"],
    cgroupnsMode: ["cgroupns_mode", "CgroupnsMode", "cgroup"],
    utsMode: ["uts_mode", "UTSMode", "uts"],
    volumesFrom: ["volumes_from", "VolumesFrom", "volumesFroms"],
    volumes: ["Volumes"],
    binds: ["Binds"],
    devices: ["Devices"],
    mounts: ["Mounts"],
    source: ["Source"],
    type: ["Type"],
    driverOpts: ["driver_opts", "DriverOpts"],
    workingDir: ["working_dir", "WorkingDir", "workingDirectory", "working_directory"],
  }).flatMap(([name, spellings]) => spellings.map((spelling) => [spelling, name] as const)),
);
