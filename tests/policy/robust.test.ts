import fc from "fast-check";
import { RULES } from "../../policy/all-rules";
import { policies } from "../../policy/policies";
import { viewOf } from "../../policy/reading/view";
import { judgePath } from "../../policy/reading/paths";
import { SOCKETS, TREES } from "../../policy/tables/paths";
import { analyzer } from "./analyzer";
import { container, inEveryKind, type Manifest, otherPod, withHostPath } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();

/** Judges values that cannot travel to a policy host, such as cycles, by the rules alone. */
function judge(type: string, props: object): readonly string[] {
  const resource = viewOf({ urn: "urn:x", type, name: "x", props });
  return RULES.flatMap((rule) => {
    const verdict = "check" in rule ? rule.check(resource, {}) : rule.checkStack([resource], {});
    return rule.level === "disabled" ? [] : verdict.refused.map(() => rule.name);
  });
}

describe("malformed input", () => {
  test("holds its violations although a cycle runs through it", () => {
    const props = { ...withHostPath("/run/docker.sock") } as Record<string, unknown>;
    const ring: unknown[] = [[props]];
    ring.push(ring);
    props["ring"] = ring;
    expect(judge(POD, props)).toContain("no-runtime-sockets");
  });

  test("holds its violations at any depth", () => {
    let deep: Record<string, unknown> = { volumes: [{ name: "sock", hostPath: { path: "/run" } }] };
    for (let i = 0; i < 20_000; i++) deep = i % 2 === 0 ? { deep } : { deep: [deep] };
    expect(judge("pulumi-nodejs:dynamic:Resource", deep)).toContain("no-runtime-sockets");
  });

  test("calls no accessor and survives those that throw", () => {
    const props = Object.defineProperty({ ...withHostPath("/run") }, "trap", {
      enumerable: true,
      get: () => {
        throw new Error("called");
      },
    });
    expect(judge(POD, props)).toContain("no-runtime-sockets");
  });

  test("survives an alias bomb in a ConfigMap, and notes it", async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(", ")}]`,
    );
    const bomb = `kind: Pod\nhostPath: x\nl0: &l0 [a]\n${levels.join("\n")}\n`;
    const found = await analyze({
      type: "kubernetes:core/v1:ConfigMap",
      props: { kind: "ConfigMap", apiVersion: "v1", data: { bomb } },
    });
    expect(found.map(({ message }) => message).join()).toContain("bomb holds text that is not valid YAML");
  });

  test("of ten megabytes is judged", () => {
    const props = otherPod({
      containers: [
        container({ env: Array.from({ length: 16_000 }, (_, i) => ({ name: `V${i}`, value: "x".repeat(600) })) }),
      ],
      volumes: [{ name: "sock", hostPath: { path: "/run/docker.sock" } }],
    });
    expect(JSON.stringify(props).length).toBeGreaterThan(10_000_000);
    expect(judge(POD, props)).toContain("no-runtime-sockets");
  });

  test("of ten megabytes of text is noted as too long", async () => {
    const found = await analyze({
      type: "kubernetes:core/v1:ConfigMap",
      props: {
        kind: "ConfigMap",
        apiVersion: "v1",
        data: { big: `kind: Pod\nhostPath: x\n${"# filler\n".repeat(1_200_000)}` },
      },
    });
    expect(found.map(({ message }) => message).join()).toContain("big holds text too long for a manifest");
  });

  test("of any kind never throws", () => {
    const keys = fc.constantFrom(
      "spec",
      "template",
      "volumes",
      "containers",
      "initContainers",
      "hostPath",
      "path",
      "securityContext",
      "privileged",
      "capabilities",
      "add",
      "env",
      "metadata",
      "namespace",
      "kind",
      "apiVersion",
      "items",
      "csi",
      "local",
      "image",
      "annotations",
      "data",
      "__proto__",
      "values",
    );
    const leaves = fc.oneof(
      fc.anything({ maxDepth: 1 }),
      fc.constantFrom("Pod", "v1", "/run", null, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "kind: Pod"),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium" },
        leaves,
        fc.dictionary(keys, tie("tree"), { maxKeys: 6 }),
        fc.array(tie("tree"), { maxLength: 4 }),
      ),
    }));
    const types = fc.constantFrom(
      POD,
      "kubernetes:apps/v1:Deployment",
      "kubernetes:helm.sh/v3:Release",
      "docker:index/container:Container",
      "gcp:container/cluster:Cluster",
      "command:local:Command",
      "",
    );
    fc.assert(
      fc.property(types, fc.dictionary(keys, tree), (type, props) => {
        judge(type, props);
      }),
      { numRuns: 500 },
    );
  });
});

describe("paths", () => {
  const places = [...SOCKETS, ...TREES].map(({ path }) => path.replaceAll("*", "any"));
  const noise = fc.constantFrom("/", "//", "/./", "/././/", "///");
  const spelledPath = fc
    .tuple(
      fc.constantFrom(...places),
      fc.array(noise, { minLength: 20, maxLength: 20 }),
      fc.boolean(),
      fc.constantFrom("", "/", "/.", "//"),
    )
    .map(([path, noises, varRun, end]) => {
      const segments = (varRun && path.startsWith("/run/") ? `/var${path}` : path).split("/").slice(1);
      return segments.map((segment, i) => `${noises[i] ?? "/"}${segment}`).join("") + end;
    });

  test("of every table entry are found in every spelling", () => {
    fc.assert(fc.property(spelledPath, (path) => judgePath(path) !== undefined));
  });

  test("above a table entry are found too", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(), (path, depth) => {
        const segments = path.split("/");
        return judgePath(segments.slice(0, 1 + (depth % segments.length)).join("/") || "/") !== undefined;
      }),
    );
  });

  test("that step back are found wherever they seem to end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "..", "var"), { minLength: 1 }).filter((s) => s.includes("..")),
        (segments) => judgePath(`/${segments.join("/")}`)?.kind === "steps",
      ),
    );
  });

  test("below directories of one's own are left alone", () => {
    const segment = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const own = fc.constantFrom("/data", "/opt/own", "/srv", "/mnt/disks", "/var/log", "/tmp", "/usr/share/own");
    fc.assert(fc.property(own, fc.array(segment), (top, rest) => judgePath([top, ...rest].join("/")) === undefined));
  });

  test("say whether they are the socket or a parent of it", () => {
    expect(judgePath("/run")?.what).toBe("a parent of /run/docker.sock, the Docker daemon's socket");
    expect(judgePath("/run/docker.sock")?.what).toBe("the Docker daemon's socket");
    expect(judgePath("/proc/1/root")).toEqual({
      kind: "tree",
      what: expect.stringContaining("the node's processes") as string,
    });
    expect(judgePath("/")?.what).toBe("the whole node, with every runtime's socket");
  });
});

describe("nesting", () => {
  const kinds = Object.keys(inEveryKind({}, "shop"));
  const key = fc.constantFrom("spec", "template", "workflow", "steps", "items", "objects", "podTemplate", "x");
  const wrap = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 30 });
  const place = fc.constantFrom("/var/run/docker.sock", "/", "/run", "/proc", "//run/./containerd/");

  test("hides no socket, in any kind, at any depth, in objects, lists or text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), wrap, place, fc.nat(3), (kind, steps, path, texts) => {
        let body: Manifest =
          inEveryKind({ containers: [container()], volumes: [{ name: "v", hostPath: { path } }] }, "shop")[kind] ?? {};
        for (const [step, inList] of steps) body = { [step]: inList ? [body] : body };
        for (let i = 0; i < texts; i++)
          body = { apiVersion: "v1", kind: "ConfigMap", data: { text: JSON.stringify(body) } };
        return judge("kubernetes:example.com/v1:Thing", body).includes("no-runtime-sockets");
      }),
    );
  });

  test("invents nothing in pods that have no node path", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), wrap, (kind, steps) => {
        let body: Manifest =
          inEveryKind({ containers: [container()], volumes: [{ name: "docker-sock", emptyDir: {} }] }, "shop")[kind] ??
          {};
        for (const [step, inList] of steps) body = { [step]: inList ? [body] : body };
        return judge("kubernetes:example.com/v1:Thing", body).length === 0;
      }),
    );
  });
});

test("every policy has a name, a description and a way out", () => {
  for (const policy of policies) {
    expect(policy.name).toMatch(/^[a-z-]+$/);
    expect(policy.description).toMatch(/\.$/);
  }
  expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
});
