import { makePolicies } from "../../policy/policies";
import { analyzer, refusals } from "./analyzer";
import { container, inEveryKind, type Manifest, otherPod } from "./cases/case";
import { UNKNOWN } from "./unknown-values";

type Remediate = (args: { readonly type: string; readonly props: Manifest }) => Manifest | undefined;

function remedied(rule: string, type: string, props: Manifest): Manifest | undefined {
  const policy = makePolicies().find(({ name }) => name === rule) as { readonly remediateResource?: Remediate };
  return policy.remediateResource?.({ type, props });
}

const POD = "kubernetes:core/v1:Pod";
const escalation = (context?: Manifest) => otherPod({ containers: [container({ securityContext: context })] });

describe("no-privilege-escalation", () => {
  const rule = "no-privilege-escalation";
  const judged = async (props: Manifest) =>
    refusals(await analyzer({ all: "disabled", [rule]: "mandatory" }).analyze({ type: POD, props })).length;

  test("refuses what does not say false, and mends what says nothing", async () => {
    expect(await judged(escalation())).toBe(1);
    expect(remedied(rule, POD, escalation())).toEqual(escalation({ allowPrivilegeEscalation: false }));
    expect(remedied(rule, POD, escalation({ runAsUser: 5, allowPrivilegeEscalation: null }))).toEqual(
      escalation({ runAsUser: 5, allowPrivilegeEscalation: false }),
    );
    expect(await judged(escalation({ allowPrivilegeEscalation: false }))).toBe(0);
  });

  test.each<[string, Manifest]>([
    ["says so itself", { allowPrivilegeEscalation: true }],
    ["is right already", { allowPrivilegeEscalation: false }],
    ["is privileged, for which an API server refuses it", { privileged: true }],
    ["has SYS_ADMIN, for which an API server refuses it", { capabilities: { add: ["SYS_ADMIN"] } }],
    ["has CAP_SYS_ADMIN", { capabilities: { add: ["CHOWN", "CAP_SYS_ADMIN"] } }],
  ])("leaves alone what %s", (_what, context) => {
    expect(remedied(rule, POD, escalation(context))).toBeUndefined();
  });

  test("mends the container that needs it and leaves its neighbours as they are", () => {
    const fine = container({ name: "fine", securityContext: { allowPrivilegeEscalation: false } });
    const props = otherPod({ initContainers: [fine, container()], containers: [fine] });
    expect(remedied(rule, POD, props)).toEqual(
      otherPod({
        initContainers: [fine, container({ securityContext: { allowPrivilegeEscalation: false } })],
        containers: [fine],
      }),
    );
  });

  test.each(Object.entries(inEveryKind({ containers: [container()] }, "shop")))("mends a %s", (kind, props) => {
    const version = String(props["apiVersion"]);
    const type = `kubernetes:${version === "v1" ? "core/v1" : version}:${kind}`;
    expect(JSON.stringify(remedied(rule, type, props))).toContain(
      '"securityContext":{"allowPrivilegeEscalation":false}',
    );
  });

  test.each<[string, string, Manifest]>([
    ["of another provider", "example:index:Pod", escalation()],
    ["of a kind without pods", "kubernetes:core/v1:Service", escalation()],
    ["that patches", "kubernetes:core/v1:PodPatch", escalation()],
    ["without containers", POD, otherPod({ containers: "none" })],
    ["without a specification", POD, { apiVersion: "v1", kind: "Pod" }],
    ["of Windows", POD, otherPod({ os: { name: "windows" } })],
    ["whose specification is not known", POD, { apiVersion: "v1", kind: "Pod", spec: UNKNOWN.object }],
  ])("leaves alone an object %s", (_what, type, props) => {
    expect(remedied(rule, type, props)).toBeUndefined();
  });

  test("keeps what is known only after up", () => {
    const props = otherPod({ containers: [UNKNOWN.object, container({ image: UNKNOWN.text })] });
    expect(remedied(rule, POD, props)).toEqual(
      otherPod({
        containers: [
          UNKNOWN.object,
          container({ image: UNKNOWN.text, securityContext: { allowPrivilegeEscalation: false } }),
        ],
      }),
    );
  });
});

describe("read-only-host-paths", () => {
  const rule = "read-only-host-paths";
  const volumes = [
    { name: "logs", hostPath: { path: "/var/log" } },
    { name: "own", emptyDir: {} },
  ];
  const mounting = (...volumeMounts: readonly unknown[]) =>
    otherPod({ volumes, containers: [container({ volumeMounts })] });
  const judged = async (props: Manifest) =>
    (await analyzer({ all: "disabled", [rule]: "mandatory" }).analyze({ type: POD, props })).map(
      ({ message }) => message,
    );

  test("refuses a mount that can be written to, and no other", async () => {
    expect(await judged(mounting({ name: "logs" }, { name: "own" }))).toEqual([
      "Pod shop/case, container main: host paths: it can write to the volume logs (spec.containers[0].volumeMounts). Mount it with readOnly: true.",
    ]);
    expect(await judged(mounting({ name: "logs", readOnly: true }, { name: "own" }))).toEqual([]);
  });

  test("mends a mount that says nothing", () => {
    expect(remedied(rule, POD, mounting({ name: "own" }, { name: "logs" }, { name: "logs", readOnly: null }))).toEqual(
      mounting({ name: "own" }, { name: "logs", readOnly: true }, { name: "logs", readOnly: true }),
    );
  });

  test.each<[string, Manifest]>([
    ["says that it is written to", mounting({ name: "logs", readOnly: false })],
    ["is read-only already", mounting({ name: "logs", readOnly: true })],
    ["is no host path", mounting({ name: "own" })],
    ["has no name", mounting({}, UNKNOWN.object)],
    ["has no mounts", otherPod({ volumes })],
  ])("leaves alone what %s", (_what, props) => {
    expect(remedied(rule, POD, props)).toBeUndefined();
  });
});
