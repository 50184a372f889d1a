import { CONSTRAINT_KINDS } from "../../../policy/profiles/gatekeeper";
import { analyzer } from "../analyzer";
import { container, image, type Manifest } from "../cases/case";
import { pod, podWithContext } from "./pods";

async function judged(constraints: Manifest, props: Manifest): Promise<readonly string[]> {
  const { analyze } = analyzer({
    all: "disabled",
    "gatekeeper-pod-security": { enforcementLevel: "mandatory", constraints },
  });
  return (await analyze({ type: "kubernetes:core/v1:Pod", props })).map(({ message }) => message);
}

const inPod = (context: Manifest) => pod({ securityContext: context });
const volume = (source: Manifest, mount: Manifest = {}) =>
  pod({ volumes: [{ name: "v", ...source }] }, { volumeMounts: [{ name: "v", mountPath: "/v", ...mount }] });
const hostPath = (path: string, mount: Manifest = {}) => volume({ hostPath: { path } }, mount);
const ports = (...hostPorts: readonly number[]) => pod({}, { ports: hostPorts.map((hostPort) => ({ hostPort })) });
const RANGES = [{ min: 1, max: 65535 }];
const annotated = (key: string, value: string) => pod({}, { securityContext: undefined }, { [key]: value });
const seccomp = (type: string, localhostProfile?: string) =>
  podWithContext({ seccompProfile: { type, localhostProfile } });
const appArmor = (type: string, localhostProfile?: string) =>
  podWithContext({ appArmorProfile: { type, localhostProfile } });
const sysctls = (...names: readonly string[]) => inPod({ sysctls: names.map((name) => ({ name, value: "1" })) });

/** The kind of constraint, its parameters, a pod that breaks it with what is found, and pods that obey it. */
const ROWS: readonly (readonly [
  kind: string,
  parameters: Manifest,
  found: string,
  breaks: Manifest,
  obeys: readonly Manifest[],
])[] = [
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
  ["K8sPSPPrivilegedContainer", {}, "it is privileged", podWithContext({ privileged: true }), [pod()]],
  [
    "K8sPSPProcMount",
    {},
    "procMount is Unmasked",
    podWithContext({ procMount: "Unmasked" }),
    [podWithContext({ procMount: "default" }), pod()],
  ],
  [
    "K8sPSPProcMount",
    { procMount: "Default" },
    "procMount is Unmasked",
    podWithContext({ procMount: "Unmasked" }),
    [podWithContext({ procMount: null })],
  ],
  [
    "K8sPSPReadOnlyRootFilesystem",
    {},
    "its root file system can be written to",
    pod(),
    [podWithContext({ readOnlyRootFilesystem: true })],
  ],
  [
    "K8sPSPSeccomp",
    { allowedProfiles: ["runtime/default"] },
    "the seccomp profile is not configured",
    pod({}, { securityContext: undefined }),
    [seccomp("RuntimeDefault"), annotated("seccomp.security.alpha.kubernetes.io/pod", "runtime/default")],
  ],
  [
    "K8sPSPSeccomp",
    { allowedProfiles: ["RuntimeDefault"] },
    "the seccomp profile is Unconfined",
    seccomp("Unconfined"),
    [seccomp("RuntimeDefault"), inPodSeccomp("RuntimeDefault")],
  ],
  [
    "K8sPSPSeccomp",
    { allowedProfiles: ["docker/default"] },
    "the seccomp profile is localhost/a",
    annotated("container.seccomp.security.alpha.kubernetes.io/main", "localhost/a"),
    [seccomp("RuntimeDefault")],
  ],
  [
    "K8sPSPSeccomp",
    { allowedProfiles: ["localhost/*"] },
    "the seccomp profile is RuntimeDefault",
    seccomp("RuntimeDefault"),
    [seccomp("Localhost", "any"), annotated("container.seccomp.security.alpha.kubernetes.io/main", "localhost/a")],
  ],
  [
    "K8sPSPSeccompV2",
    { allowedProfiles: ["Localhost"], allowedLocalhostFiles: ["mine.json"] },
    "the seccomp profile is localhost/yours.json",
    seccomp("Localhost", "yours.json"),
    [seccomp("Localhost", "mine.json")],
  ],
  [
    "K8sPSPSeccompV2",
    { allowedProfiles: ["Localhost"], allowedLocalhostFiles: ["*"] },
    "the seccomp profile is Unconfined",
    seccomp("Unconfined"),
    [seccomp("Localhost", "any")],
  ],
  [
    "K8sPSPSeccompV2",
    { allowedProfiles: ["localhost/mine"] },
    "the seccomp profile is localhost/x",
    seccomp("Localhost", "x"),
    [seccomp("Localhost", "mine")],
  ],
  [
    "K8sPSPSELinuxV2",
    { allowedSELinuxOptions: [{ level: "s0", role: "r", type: "t", user: "u" }] },
    "the SELinux options are not allowed",
    podWithContext({ seLinuxOptions: { level: "s1", role: "r" } }),
    [pod(), podWithContext({ seLinuxOptions: { level: "s0", role: "r", type: "t", user: "u" } })],
  ],
  [
    "K8sPSPSELinuxV2",
    { allowedSELinuxOptions: [{ type: "t" }] },
    "the SELinux options are not allowed",
    inPod({ seLinuxOptions: { type: "x" } }),
    [inPod({ seLinuxOptions: { type: "t" } })],
  ],
  [
    "K8sPSPAllowedUsers",
    { runAsUser: { rule: "MustRunAs", ranges: RANGES } },
    "runAsUser is not set",
    pod(),
    [podWithContext({ runAsUser: 1 }), inPod({ runAsUser: 7 })],
  ],
  [
    "K8sPSPAllowedUsers",
    { runAsUser: { rule: "MustRunAsNonRoot" } },
    "runAsUser is 0",
    podWithContext({ runAsUser: 0 }),
    [pod(), podWithContext({ runAsNonRoot: false, runAsUser: 5 })],
  ],
  [
    "K8sPSPAllowedUsers",
    { runAsUser: { rule: "MustRunAsNonRoot" } },
    "runAsUser is not set, nor runAsNonRoot",
    podWithContext({ runAsNonRoot: undefined }),
    [inPod({ runAsNonRoot: true })],
  ],
  [
    "K8sPSPAllowedUsers",
    { runAsGroup: { rule: "MayRunAs", ranges: RANGES } },
    "runAsGroup is 0",
    podWithContext({ runAsGroup: 0 }),
    [pod(), podWithContext({ runAsGroup: 9 })],
  ],
  [
    "K8sPSPAllowedUsers",
    { supplementalGroups: { rule: "MustRunAs", ranges: RANGES } },
    "supplementalGroups is 0, 70000",
    inPod({ supplementalGroups: [5, 0, 70000] }),
    [inPod({ supplementalGroups: [5, 6] })],
  ],
  [
    "K8sPSPAllowedUsers",
    { fsGroup: { rule: "MustRunAs", ranges: RANGES } },
    "fsGroup is not set",
    pod(),
    [inPod({ fsGroup: 5 })],
  ],
  [
    "K8sPSPAllowedUsers",
    {
      fsGroup: { rule: "RunAsAny" },
      runAsUser: { rule: "RunAsAny", ranges: [] },
      runAsGroup: { rule: "MustRunAs", ranges: [] },
    },
    "runAsGroup is 5",
    podWithContext({ runAsGroup: 5, runAsUser: 0 }),
    [],
  ],
  [
    "K8sPSPVolumeTypes",
    { volumes: ["emptyDir", "configMap"] },
    "the volume v is of type hostPath",
    hostPath("/data"),
    [volume({ emptyDir: {} }), volume({ configMap: {} })],
  ],
  ["K8sPSPVolumeTypes", { volumes: [] }, "the volume v is of type emptyDir", volume({ emptyDir: {} }), [pod()]],
];

function inPodSeccomp(type: string): Manifest {
  return pod({ securityContext: { seccompProfile: { type } } }, { securityContext: undefined });
}

describe("a constraint of gatekeeper-library", () => {
  test.each(ROWS)("%s with %j finds that %s", async (kind, parameters, found, breaks) => {
    const messages = await judged({ [kind]: parameters }, breaks);
    expect(messages).toHaveLength(1);
    expect(messages.join()).toContain(`${kind}: ${found}`);
  });

  test.each(
    ROWS.flatMap(([kind, parameters, , , obeys]) => obeys.map((props, i) => [kind, parameters, i, props] as const)),
  )("%s with %j allows pod %d of its row", async (kind, parameters, _i, props) => {
    expect(await judged({ [kind]: parameters }, props)).toEqual([]);
  });

  test.each([
    ["K8sPSPVolumeTypes", { volumes: ["*"] }, hostPath("/")],
    ["K8sPSPSeccomp", { allowedProfiles: ["*"] }, seccomp("Unconfined")],
    ["K8sPSPProcMount", { procMount: "Unmasked" }, podWithContext({ procMount: "Unmasked" })],
    ["K8sPSPForbiddenSysctls", {}, sysctls("kernel.msgmax")],
  ])("%s with %j allows everything", async (kind, parameters, props) => {
    expect(await judged({ [kind]: parameters }, props)).toEqual([]);
  });

  test("leaves out the containers whose image it exempts", async () => {
    const props = pod({ initContainers: [container({ image: "tools.example/a", name: "init" })] });
    const kind = "K8sPSPReadOnlyRootFilesystem";
    expect(await judged({ [kind]: { exemptImages: [image] } }, props)).toEqual([
      expect.stringContaining("container init"),
    ]);
    expect(await judged({ [kind]: { exemptImages: [image, "tools.example/*"] } }, props)).toEqual([]);
    expect(await judged({ [kind]: { exemptImages: ["tools.example/", "other*"] } }, props)).toHaveLength(2);
  });

  test("is there for each kind in the table above, and no other is looked at", async () => {
    expect([...new Set(ROWS.map(([kind]) => kind))].sort()).toEqual([...CONSTRAINT_KINDS].sort());
    expect(await judged({ K8sRequiredLabels: {}, toString: {} }, pod({ hostPID: true }))).toEqual([]);
    expect(await judged({}, pod({ hostPID: true }))).toEqual([]);
  });
});
