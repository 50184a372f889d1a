import { analyzer } from "../analyzer";
import { container, type Manifest } from "../cases/case";
import { pod, podWithContext, RESTRICTED_CONTEXT } from "./pods";

const POD = "kubernetes:core/v1:Pod";

async function judged(
  profile: "psa-baseline" | "psa-restricted",
  props: Manifest,
  type = POD,
): Promise<readonly string[]> {
  const { analyze } = analyzer({ all: "disabled", [profile]: "mandatory" });
  return (await analyze({ type, props })).map(({ message }) => message);
}

const volume = (source: Manifest) => pod({ volumes: [{ name: "v", ...source }] });
const probe = (host: string) => ({ httpGet: { host, port: 80 } });
const annotated = (name: string, profile: string) =>
  pod({}, {}, { [`container.apparmor.security.beta.kubernetes.io/${name}`]: profile });

describe("the baseline", () => {
  test.each<[string, Manifest]>([
    ["Host Namespaces: hostNetwork is true", pod({ hostNetwork: true })],
    ["Host Namespaces: hostPID is true", pod({ hostPID: true })],
    ["Host Namespaces: hostIPC is true", pod({ hostIPC: true })],
    ["Privileged Containers: it is privileged", podWithContext({ privileged: true })],
    ["Capabilities: it adds NET_RAW", podWithContext({ capabilities: { add: ["NET_RAW"] } })],
    ["Capabilities: it adds chown", podWithContext({ capabilities: { add: ["chown", "CHOWN"] } })],
    ["HostPath Volumes: the volume v is a host path", volume({ hostPath: { path: "/data" } })],
    ["Host Ports: it opens ports of the node: 8080", pod({}, { ports: [{ containerPort: 80, hostPort: 8080 }] })],
    ["Host Probes / Lifecycle Hooks: a probe or hook goes to 10.0.0.1", pod({}, { livenessProbe: probe("10.0.0.1") })],
    ["Host Probes / Lifecycle Hooks: a probe or hook goes to a", pod({}, { readinessProbe: probe("a") })],
    [
      "Host Probes / Lifecycle Hooks: a probe or hook goes to b",
      pod({}, { startupProbe: { tcpSocket: { host: "b" } } }),
    ],
    ["Host Probes / Lifecycle Hooks: a probe or hook goes to c", pod({}, { lifecycle: { postStart: probe("c") } })],
    ["Host Probes / Lifecycle Hooks: a probe or hook goes to d", pod({}, { lifecycle: { preStop: probe("d") } })],
    ["AppArmor: the profile is Unconfined", podWithContext({ appArmorProfile: { type: "Unconfined" } })],
    ["AppArmor: the profile is Unconfined", pod({ securityContext: { appArmorProfile: { type: "Unconfined" } } })],
    ["AppArmor: the annotation container.apparmor", annotated("main", "unconfined")],
    ["SELinux: the type is spc_t", podWithContext({ seLinuxOptions: { type: "spc_t" } })],
    ["SELinux: the type is spc_t", pod({ securityContext: { seLinuxOptions: { type: "spc_t" } } })],
    ["SELinux: user or role is set", podWithContext({ seLinuxOptions: { user: "system_u" } })],
    ["SELinux: user or role is set", podWithContext({ seLinuxOptions: { role: "system_r" } })],
    ["/proc Mount Type: procMount is Unmasked", podWithContext({ procMount: "Unmasked" })],
    ["Seccomp: the profile is Unconfined", podWithContext({ seccompProfile: { type: "Unconfined" } })],
    ["Seccomp: the profile is Unconfined", pod({ securityContext: { seccompProfile: { type: "Unconfined" } } })],
    ["Sysctls: it sets kernel.msgmax", pod({ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } })],
    ["HostProcess: it is a process of a Windows node", podWithContext({ windowsOptions: { hostProcess: true } })],
    [
      "HostProcess: it is a process of a Windows node",
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }),
    ],
  ])("refuses %s", async (found, props) => {
    expect((await judged("psa-baseline", props)).join("\n")).toContain(found);
    // The restricted profile has the control, or a stricter one of another name.
    expect(await judged("psa-restricted", props)).not.toEqual([]);
  });

  test.each<[string, Manifest]>([
    ["a pod that says nothing of its own", pod({}, { securityContext: undefined })],
    ["switches that are off", pod({ hostNetwork: false, hostPID: false, hostIPC: false })],
    ["usual capabilities", podWithContext({ capabilities: { add: ["CHOWN", "NET_BIND_SERVICE", "SYS_CHROOT"] } })],
    [
      "a port of the pod",
      pod(
        {},
        {
          ports: [
            { containerPort: 80, hostPort: 0 },
            { containerPort: 81, hostPort: null },
          ],
        },
      ),
    ],
    ["a probe of the pod itself", pod({}, { livenessProbe: { httpGet: { host: "", port: 80 } } })],
    ["the runtime's AppArmor profile", annotated("main", "runtime/default")],
    ["an AppArmor profile of the node", annotated("main", "localhost/mine")],
    ["no AppArmor profile", annotated("main", "")],
    ["another annotation", pod({}, {}, { "example.com/apparmor": "unconfined" })],
    ["a profile of the node", podWithContext({ appArmorProfile: { type: "Localhost", localhostProfile: "mine" } })],
    ["a container's SELinux type", podWithContext({ seLinuxOptions: { type: "container_init_t", level: "s0" } })],
    ["empty SELinux options", podWithContext({ seLinuxOptions: { type: "", user: "", role: null } })],
    [
      "an unmasked /proc in a user namespace",
      { ...pod({ hostUsers: false }, { securityContext: { procMount: "Unmasked" } }) },
    ],
    ["a masked /proc", podWithContext({ procMount: "Default" })],
    ["a seccomp profile of the node", podWithContext({ seccompProfile: { type: "Localhost" } })],
    [
      "safe sysctls",
      pod({ securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }, { name: "kernel.shm_rmid_forced" }] } }),
    ],
    ["a container that is no process of the node", podWithContext({ windowsOptions: { hostProcess: false } })],
    ["volumes of its own", volume({ emptyDir: {} })],
  ])("allows %s", async (_what, props) => {
    expect(await judged("psa-baseline", props)).toEqual([]);
  });

  test("looks at every list of containers, and names the container and the way to it", async () => {
    const bad = container({ name: "bad", securityContext: { privileged: true } });
    expect(
      await judged("psa-baseline", pod({ initContainers: [container(), bad], ephemeralContainers: [bad] })),
    ).toEqual([
      "Pod shop/case, container bad: Privileged Containers: it is privileged (spec.initContainers[1].securityContext.privileged). Write the pod as the baseline profile asks.",
      "Pod shop/case, container bad: Privileged Containers: it is privileged (spec.ephemeralContainers[0].securityContext.privileged). Write the pod as the baseline profile asks.",
    ]);
  });

  test("names a container without a name by its place", async () => {
    const props = pod({}, { name: undefined, securityContext: { privileged: true } });
    expect((await judged("psa-baseline", props)).join()).toContain("Pod shop/case, container 0:");
  });

  test("looks into templates, lists and custom resources, and takes nothing else for a pod", async () => {
    const spec = { hostPID: true, containers: [container()] };
    const template = { spec: { template: { spec } } };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" }, ...template };
    expect(await judged("psa-baseline", deployment, "kubernetes:apps/v1:Deployment")).toHaveLength(1);
    const list = { apiVersion: "v1", kind: "List", items: [deployment] };
    expect(await judged("psa-baseline", list, "kubernetes:core/v1:List")).toHaveLength(1);
    expect(await judged("psa-baseline", spec, "example:index:Thing")).toEqual([]);
    expect(await judged("psa-baseline", pod({ hostPID: true, containers: "none" }))).toEqual([]);
    const release = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", spec: { values: spec } };
    expect(await judged("psa-baseline", release, "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease")).toEqual([]);
  });
});

describe("the restricted profile", () => {
  test.each<[string, Manifest]>([
    ["Volume Types: the volume v is of type hostPath", volume({ hostPath: { path: "/data" } })],
    ["Volume Types: the volume v is of type nfs", volume({ nfs: { server: "nfs.example", path: "/" } })],
    ["Privilege Escalation: allowPrivilegeEscalation is not false", podWithContext({ allowPrivilegeEscalation: true })],
    [
      "Privilege Escalation: allowPrivilegeEscalation is not false",
      podWithContext({ allowPrivilegeEscalation: undefined }),
    ],
    ["Running as Non-root: runAsNonRoot is not true", podWithContext({ runAsNonRoot: undefined })],
    ["Running as Non-root: runAsNonRoot is not true", podWithContext({ runAsNonRoot: false })],
    ["Running as Non-root: runAsNonRoot is false", pod({ securityContext: { runAsNonRoot: false } })],
    ["Running as Non-root user: runAsUser is 0", podWithContext({ runAsUser: 0 })],
    ["Running as Non-root user: runAsUser is 0", pod({ securityContext: { runAsUser: 0 } })],
    ["Seccomp: seccompProfile is neither", podWithContext({ seccompProfile: undefined })],
    ["Capabilities: it does not drop ALL", podWithContext({ capabilities: { drop: ["NET_RAW"] } })],
    ["Capabilities: it does not drop ALL", podWithContext({ capabilities: undefined })],
    ["Capabilities: it adds CHOWN", podWithContext({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } })],
    [
      "/proc Mount Type: procMount is Unmasked",
      pod({ hostUsers: false }, { securityContext: { ...RESTRICTED_CONTEXT, procMount: "Unmasked" } }),
    ],
  ])("refuses %s", async (found, props) => {
    const messages = await judged("psa-restricted", props);
    expect(messages).toHaveLength(1);
    expect(messages.join()).toContain(found);
  });

  test.each<[string, Manifest]>([
    ["a pod that keeps to it", pod()],
    [
      "what the pod says for its containers",
      pod(
        { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } } },
        { securityContext: { ...RESTRICTED_CONTEXT, runAsNonRoot: undefined, seccompProfile: undefined } },
      ),
    ],
    ["binding to low ports", podWithContext({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } })],
    [
      "volumes of its own",
      pod({
        volumes: [{ name: "a", configMap: {} }, { name: "b", image: {} }, { name: "c", ephemeral: {} }, { name: "d" }],
      }),
    ],
    [
      "root in a user namespace",
      pod({ hostUsers: false }, { securityContext: { ...RESTRICTED_CONTEXT, runAsNonRoot: false, runAsUser: 0 } }),
    ],
    ["a user", podWithContext({ runAsUser: 1000 })],
    [
      "Windows without what Windows has not",
      pod({ os: { name: "windows" }, securityContext: { runAsNonRoot: true } }, { securityContext: undefined }),
    ],
  ])("allows %s", async (_what, props) => {
    expect(await judged("psa-restricted", props)).toEqual([]);
  });

  test("asks of Linux what it does not ask of Windows", async () => {
    const props = pod(
      { os: { name: "linux" }, securityContext: { runAsNonRoot: true } },
      { securityContext: undefined },
    );
    expect(await judged("psa-restricted", props)).toHaveLength(3);
  });
});

test("no profile runs unless somebody asks for it", async () => {
  const found = await analyzer().analyze({ type: POD, props: pod({}, { securityContext: undefined }) });
  expect(found).toEqual([]);
});
