import type { Manifest } from "../cases/case";
import { pod, podWithContext } from "./pods";

export const inPod = (context: Manifest) => pod({ securityContext: context });
export const volume = (source: Manifest, mount: Manifest = {}) =>
  pod({ volumes: [{ name: "v", ...source }] }, { volumeMounts: [{ name: "v", mountPath: "/v", ...mount }] });
export const hostPath = (path: string, mount: Manifest = {}) => volume({ hostPath: { path } }, mount);
const ports = (...hostPorts: readonly number[]) => pod({}, { ports: hostPorts.map((hostPort) => ({ hostPort })) });
export const RANGES = [{ min: 1, max: 65535 }];
export const annotated = (key: string, value: string) => pod({}, { securityContext: undefined }, { [key]: value });
export const seccomp = (type: string, localhostProfile?: string) =>
  podWithContext({ seccompProfile: { type, localhostProfile } });
const appArmor = (type: string, localhostProfile?: string) =>
  podWithContext({ appArmorProfile: { type, localhostProfile } });
export const sysctls = (...names: readonly string[]) => inPod({ sysctls: names.map((name) => ({ name, value: "1" })) });

/** The kind of constraint, its parameters, a pod that breaks it with what is found, and pods that obey it. */
export type ConstraintRow = readonly [
  kind: string,
  parameters: Manifest,
  found: string,
  breaks: Manifest,
  obeys: readonly Manifest[],
];

export const CONSTRAINT_ROWS: readonly ConstraintRow[] = [
  [
    "K8sPSPAllowPrivilegeEscalationContainer",
    {},
    "allowPrivilegeEscalation is not false",
    podWithContext({ allowPrivilegeEscalation: undefined }),
    [pod()],
  ],
  [
    "K8sPSPAppArmor",
    { allowedProfiles: ["runtime/default"] },
    "the AppArmor profile is unconfined",
    appArmor("Unconfined"),
    [pod(), appArmor("RuntimeDefault")],
  ],
  [
    "K8sPSPAppArmor",
    { allowedProfiles: ["localhost/mine"] },
    "the AppArmor profile is localhost/yours",
    appArmor("Localhost", "yours"),
    [
      appArmor("Localhost", "mine"),
      inPod({ appArmorProfile: { type: "Localhost", localhostProfile: "mine" } }),
      annotated("container.apparmor.security.beta.kubernetes.io/main", "localhost/mine"),
    ],
  ],
  [
    "K8sPSPCapabilities",
    { allowedCapabilities: ["NET_ADMIN"] },
    "it adds NET_RAW",
    podWithContext({ capabilities: { add: ["net_raw"] } }),
    [podWithContext({ capabilities: { add: ["net_admin"] } })],
  ],
  [
    "K8sPSPCapabilities",
    { allowedCapabilities: ["*"], requiredDropCapabilities: ["must_drop"] },
    "it does not drop MUST_DROP",
    podWithContext({ capabilities: { add: ["ANY"], drop: ["OTHER"] } }),
    [podWithContext({ capabilities: { drop: ["MUST_DROP"] } }), podWithContext({ capabilities: { drop: ["all"] } })],
  ],
  [
    "K8sPSPFlexVolumes",
    { allowedFlexVolumes: [{ driver: "example/lvm" }] },
    "the volume v has a driver that is not allowed",
    volume({ flexVolume: { driver: "example/other" } }),
    [volume({ flexVolume: { driver: "example/lvm" } }), volume({ emptyDir: {} })],
  ],
  [
    "K8sPSPForbiddenSysctls",
    { forbiddenSysctls: ["kernel.*"] },
    "it sets kernel.msgmax",
    sysctls("net.core.somaxconn", "kernel.msgmax"),
    [sysctls("net.core.somaxconn"), pod()],
  ],
  [
    "K8sPSPForbiddenSysctls",
    { allowedSysctls: ["net.*", "kernel.shm"] },
    "it sets kernel.shmmax",
    sysctls("net.core.somaxconn", "kernel.shmmax"),
    [sysctls("net.a", "kernel.shm")],
  ],
  ["K8sPSPFSGroup", { rule: "MustRunAs", ranges: RANGES }, "fsGroup is not set", pod(), [inPod({ fsGroup: 1 })]],
  [
    "K8sPSPFSGroup",
    { rule: "MayRunAs", ranges: RANGES },
    "fsGroup is 0",
    inPod({ fsGroup: 0 }),
    [inPod({ fsGroup: 65535 }), pod()],
  ],
  [
    "K8sPSPFSGroup",
    { rule: "MayRunAs", ranges: RANGES },
    "fsGroup is 65536",
    inPod({ fsGroup: 65536 }),
    [inPod({ fsGroup: 2 })],
  ],
  ["K8sPSPHostFilesystem", {}, "the volume v is the host path /data", hostPath("/data"), [volume({ emptyDir: {} })]],
  [
    "K8sPSPHostFilesystem",
    { allowedHostPaths: [{ pathPrefix: "/foo", readOnly: true }] },
    "the volume v is the host path /foo/x",
    hostPath("/foo/x"),
    [hostPath("/foo", { readOnly: true }), hostPath("/foo/x", { readOnly: true })],
  ],
  [
    "K8sPSPHostFilesystem",
    { allowedHostPaths: [{ pathPrefix: "/foo", readOnly: true }] },
    "the volume v is the host path /food",
    hostPath("/food", { readOnly: true }),
    [],
  ],
  [
    "K8sPSPHostFilesystem",
    { allowedHostPaths: [{ pathPrefix: "/foo/" }] },
    "the volume v is the host path /",
    hostPath("/"),
    [hostPath("/foo"), hostPath("/foo/bar")],
  ],
  ["K8sPSPHostNamespace", {}, "hostPID is true", pod({ hostPID: true }), [pod({ hostNetwork: true })]],
  ["K8sPSPHostNamespace", {}, "hostIPC is true", pod({ hostIPC: true }), [pod({ hostIPC: false })]],
  [
    "K8sPSPHostNetworkingPorts",
    { min: 80, max: 9000 },
    "hostNetwork is true",
    pod({ hostNetwork: true }),
    [ports(80, 9000), pod()],
  ],
  [
    "K8sPSPHostNetworkingPorts",
    { hostNetwork: true, min: 80, max: 9000 },
    "it opens ports of the node: 79",
    ports(79, 81),
    [pod({ hostNetwork: true })],
  ],
  [
    "K8sPSPHostNetworkingPorts",
    { hostNetwork: true, min: 80, max: 9000 },
    "it opens ports of the node: 9001",
    ports(9001),
    [],
  ],
  [
    "K8sPSPHostProbesLifecycle",
    {},
    "a probe or hook goes to 10.0.0.1",
    pod({}, { livenessProbe: { httpGet: { host: "10.0.0.1" } } }),
    [pod({}, { livenessProbe: { httpGet: { port: 80 } } })],
  ],
  [
    "K8sPSPHostProcess",
    {},
    "it is a process of a Windows node",
    podWithContext({ windowsOptions: { hostProcess: true } }),
    [pod()],
  ],
];

export function inPodSeccomp(type: string): Manifest {
  return pod({ securityContext: { seccompProfile: { type } } }, { securityContext: undefined });
}
