import { analyzer, notes, refusals } from "./analyzer";
import { agentWith } from "./cases/dind";
import { container, type Manifest, otherPod } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const CONTAINER = "docker:index/container:Container";
const PLUGIN = "docker:index/plugin:Plugin";
const { analyze } = analyzer();

const withContext = (securityContext: Manifest) => otherPod({ containers: [container({ securityContext })] });
const annotated = (annotations: Manifest): Manifest => {
  const pod = otherPod({});
  return { ...pod, metadata: { ...(pod["metadata"] as Manifest), annotations } };
};
const noted = async (type: string, props: Manifest) =>
  notes(await analyze({ type, props })).filter((message) => message.startsWith("no-privileged-containers: "));
const granted = async (...grantPermissions: readonly Manifest[]) =>
  refusals(await analyze({ type: PLUGIN, props: { grantPermissions } })).map(({ message }) => message);

describe("a profile that is switched off", () => {
  test("is not noted of the daemon in a pod with users of its own, and is of its like among the node's", async () => {
    const unconfined = { securityContext: { seccompProfile: { type: "Unconfined" }, capabilities: { add: ["ALL"] } } };
    expect(await noted(POD, agentWith(unconfined, { hostUsers: false }))).toEqual([]);
    expect((await noted(POD, agentWith(unconfined))).join()).toContain("seccompProfile Unconfined confines nothing");
  });

  test.each(["seccompProfile", "appArmorProfile"])("is noted in %s", async (profile) => {
    expect(await noted(POD, withContext({ [profile]: { type: "Unconfined" } }))).toEqual([
      `no-privileged-containers: Pod shop/case, container main: ${profile} Unconfined confines nothing (spec.containers[0].securityContext.${profile}). Leave it out, or name a profile.`,
    ]);
    expect(await noted(POD, withContext({ [profile]: { type: "RuntimeDefault" } }))).toEqual([]);
  });

  test.each(["seccomp=unconfined", "seccomp:unconfined", "apparmor=unconfined", "label=disable", "label:disable"])(
    "is noted as the option %s",
    async (option) => {
      expect(await noted(CONTAINER, { securityOpts: [option] })).toEqual([
        `no-privileged-containers: Container resource: ${option} confines nothing (securityOpts). Leave it out, or name a profile.`,
      ]);
    },
  );

  test.each(["no-new-privileges=false", "no-new-privileges:false"])("is noted as the option %s", async (option) => {
    expect((await noted(CONTAINER, { securityOpts: option })).join()).toContain(`${option} confines nothing`);
  });

  test.each([
    ...["seccomp=unconfined.json", "my-seccomp=unconfined", "apparmor=docker-default", "seccomp_unconfined"],
    ...["label=disabled", "my-label=disable", "label_disable", "no-new-privileges=false-ish"],
    ...["not-no-new-privileges=false", "no-new-privileges_false", "no-new-privileges=true", 7],
  ])("is not the option %s", async (option) => {
    expect(await noted(CONTAINER, { securityOpts: [option] })).toEqual([]);
  });

  test.each([
    "container.apparmor.security.beta.kubernetes.io/main",
    "container.seccomp.security.alpha.kubernetes.io/main",
    "seccomp.security.alpha.kubernetes.io/pod",
    "seccomp-profile.kubernetes.cri-o.io/main",
  ])("is noted as the annotation %s", async (name) => {
    expect(await noted(POD, annotated({ [name]: "unconfined" }))).toEqual([
      `no-privileged-containers: Pod shop/case: the annotation ${name} confines nothing (metadata.annotations). Leave it out, or name a profile.`,
    ]);
    expect(await noted(POD, annotated({ [name]: "runtime/default" }))).toEqual([]);
  });

  test.each([
    "example.com/profile",
    "old.container.apparmor.security.beta.kubernetes.io/main",
    "old.seccomp-profile.kubernetes.cri-o.io/main",
  ])("is not the annotation %s", async (name) => {
    expect(await noted(POD, annotated({ [name]: "unconfined" }))).toEqual([]);
  });
});

describe("a Docker plug-in", () => {
  test("that is granted whatever it asks for is noted", async () => {
    expect(await noted(PLUGIN, { grantAllPermissions: true })).toEqual([
      "no-privileged-containers: Plugin resource: it is granted whatever the plug-in asks for (grantAllPermissions). List what it needs in grantPermissions.",
    ]);
    expect(await noted(PLUGIN, { grantAllPermissions: false })).toEqual([]);
  });

  test("is refused for all capabilities that lead out, and for no other name that holds them", async () => {
    const values = ["CAP_SYS_ADMIN", "CAP_CHOWN", "CAP_BPF"];
    expect((await granted({ name: "capabilities", values })).join()).toContain(
      "it is granted CAP_SYS_ADMIN, CAP_BPF (",
    );
    expect(await granted({ name: "example", values })).toEqual([]);
  });

  test("is refused all devices by any of the values", async () => {
    expect((await granted({ name: "allow-all-devices", values: ["false", "true"] })).join()).toContain("all devices");
  });
});
