import { CONSTRAINT_KINDS } from "../../../policy/profiles/gatekeeper";
import { analyzer } from "../analyzer";
import { container, image, type Manifest } from "../cases/case";
import { CONSTRAINT_ROWS, hostPath, seccomp, sysctls } from "./constraint-rows";
import { MORE_CONSTRAINT_ROWS } from "./more-constraint-rows";
import { pod, podWithContext } from "./pods";

async function judged(constraints: Manifest, props: Manifest): Promise<readonly string[]> {
  const { analyze } = analyzer({
    all: "disabled",
    "gatekeeper-pod-security": { enforcementLevel: "mandatory", constraints },
  });
  return (await analyze({ type: "kubernetes:core/v1:Pod", props })).map(({ message }) => message);
}

const ROWS = [...CONSTRAINT_ROWS, ...MORE_CONSTRAINT_ROWS];

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
