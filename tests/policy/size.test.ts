import { RULES } from "../../policy/all-rules";
import { MAX_VALUES } from "../../policy/reading/text/budget";
import { viewOf } from "../../policy/reading/view";
import { analyzer } from "./analyzer";
import { withHostPath } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();

/** The rules that refuse a resource: values that count how often they are looked at cannot travel to a policy host. */
function refusedBy(type: string, props: object): readonly string[] {
  const resource = viewOf({ urn: "urn:x", type, name: "x", props });
  return RULES.flatMap((rule) => {
    const verdict = "check" in rule ? rule.check(resource, {}) : rule.checkStack([resource], {});
    return rule.level === "disabled" ? [] : verdict.refused.map(() => rule.name);
  });
}

describe("a resource", () => {
  test("with more values than any object has is refused as too large, and looked at no further", () => {
    let looks = 0;
    const values = new Proxy<object[]>(
      Array.from({ length: 2 * MAX_VALUES }, () => ({ a: 1 })),
      {
        get: (list, key) => {
          looks += 1;
          return Reflect.get(list, key) as unknown;
        },
      },
    );
    const { index } = viewOf({ urn: "urn:x", type: POD, name: "x", props: { spec: { values } } });
    expect(index.isTooLarge).toBe(true);
    expect(looks).toBeLessThanOrEqual(MAX_VALUES);
    const socket = withHostPath("/run/docker.sock");
    expect(refusedBy(POD, { ...socket, more: [...values] })).toEqual(["well-formed-pods"]);
    expect(refusedBy(POD, { ...socket, more: [...values].slice(0, MAX_VALUES / 2 - 100) })).toContain(
      "no-runtime-sockets",
    );
  });

  test("is too large by its properties as by the members of its lists, however they are nested", () => {
    const large = [
      Object.fromEntries(Array.from({ length: MAX_VALUES + 1 }, (_, i) => [`key${i}`, 1])),
      { values: Array.from({ length: MAX_VALUES + 1 }, () => 1) },
      { values: Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => "a")) },
      { values: Array.from({ length: 300 }, () => ({ a: Object.fromEntries(Array(300).entries()) })) },
    ];
    for (const props of large) expect(refusedBy("pulumi-nodejs:dynamic:Resource", props)).toEqual(["well-formed-pods"]);
  });

  test("in a schema counts for a quarter, because definitions are long", () => {
    const versions = (length: number) => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec: { versions: [{ schema: Array.from({ length }, () => ({ type: "string" })) }] },
    });
    const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    expect(refusedBy(type, versions(MAX_VALUES))).toEqual([]);
    expect(refusedBy(type, versions(3 * MAX_VALUES))).toEqual(["well-formed-pods"]);
  });

  test("in texts is noted as too long, and hides nothing beside it", async () => {
    const long = JSON.stringify({ hostPath: Array.from({ length: MAX_VALUES }, () => ({})) });
    const pod = JSON.stringify(withHostPath("/run/docker.sock"));
    const found = await analyze({
      type: "kubernetes:core/v1:ConfigMap",
      props: { kind: "ConfigMap", apiVersion: "v1", data: { before: pod, long, after: pod } },
    });
    const refused = found.filter(({ level }) => level === "mandatory");
    expect(refused.map(({ message }) => /before|after/.exec(message)?.[0])).toEqual(["before", "after"]);
    expect(found.map(({ message }) => message).join()).toContain("long holds text too long for a manifest");
  });

  test.each([
    ["a script", (size: number) => "docker run --privileged x\n".repeat(size / 26)],
    ["a unit", (size: number) => `[Service]\n${"ExecStart=docker run --privileged x\n".repeat(size / 36)}`],
  ])("is judged as %s, but not where that is longer than a machine takes", async (_what, text) => {
    const judged = async (size: number) =>
      (await analyze({ type: "aws:ec2/instance:Instance", props: { userData: text(size) } })).map(
        ({ policy, message }) => `${policy}: ${message}`,
      );
    expect(await judged(400_000)).toContainEqual(expect.stringMatching(/^no-privileged-containers: /));
    const tooLong = await judged(600_000);
    expect(tooLong).not.toContainEqual(expect.stringMatching(/^no-privileged-containers: /));
    expect(tooLong).toContainEqual(expect.stringContaining("userData holds text too long for a manifest"));
  });
});
