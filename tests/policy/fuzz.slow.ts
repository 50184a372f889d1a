// What programs hold a manifest in: encodings in each other, kinds in each other, formats of other tools, and texts cut anywhere.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { stringify } from "yaml";
import { RULES } from "../../policy/all-rules";
import { viewOf } from "../../policy/reading/view";
import { container, inEveryKind, type Manifest } from "./cases/case";

/** Names of the rules that refuse, or note, something; also of those that only run when they are asked for. */
function judge(
  type: string,
  props: object,
): { readonly refused: readonly string[]; readonly noted: readonly string[] } {
  const resource = viewOf({ urn: "urn:x", type, name: "x", props });
  const config = { constraints: { K8sPSPVolumeTypes: { volumes: [] } } };
  const all = RULES.map((rule) => ({
    rule,
    verdict: "check" in rule ? rule.check(resource, config) : rule.checkStack([resource], config),
  }));
  const byDefault = all.filter(({ rule }) => rule.level !== "disabled");
  return {
    refused: byDefault.flatMap(({ rule, verdict }) =>
      verdict.refused.filter(({ doubt }) => !doubt).map(() => rule.name),
    ),
    noted: byDefault.flatMap(({ rule, verdict }) => [...verdict.refused, ...verdict.noted].map(() => rule.name)),
  };
}

const KINDS = Object.keys(inEveryKind({}, "shop"));
const PLACE = fc.constantFrom("/var/run/docker.sock", "/", "/run", "/proc", "//run/./containerd/", "/etc/cni/net.d");
const workload = (kind: string, volume: Manifest): Manifest =>
  inEveryKind({ containers: [container()], volumes: [{ name: "v", ...volume }] }, "shop")[kind] ?? {};

/** Ways to put a text into a text. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  lines: (text) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\n"),
  gzip: (text) => gzipSync(text).toString("base64"),
  url: (text) => `data:;base64,${Buffer.from(text).toString("base64")}`,
  percent: (text) => `data:text/plain,${encodeURIComponent(text)}`,
};
/** Ways to put objects into an object. */
const HOLDERS: Readonly<Record<string, (text: string, object: Manifest) => Manifest>> = {
  configMap: (text) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { "a.yaml": text } }),
  secret: (text) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: Buffer.from(text).toString("base64") },
  }),
  stringData: (text) => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: text } }),
  list: (_text, object) => ({ apiVersion: "v1", kind: "List", items: [object, { kind: "Service", apiVersion: "v1" }] }),
  lists: (_text, object) => ({ objects: [[object], []] }),
  values: (_text, object) => ({ chart: "raw", values: { resources: [object] } }),
  custom: (_text, object) => ({ apiVersion: "example.com/v1", kind: "Thing", spec: { template: object } }),
};
const SPELLINGS: Readonly<Record<string, (object: Manifest) => string>> = {
  json: (object) => JSON.stringify(object),
  pretty: (object) => JSON.stringify(object, null, 2),
  yaml: (object) => stringify(object),
  flow: (object) => stringify(object, { collectionStyle: "flow" }),
  windows: (object) => stringify(object).replace(/\n/g, "\r\n"),
  documents: (object) => `---\nkind: Namespace\napiVersion: v1\n---\n${stringify(object)}---\n`,
};
const STEP = fc.record({
  holder: fc.constantFrom(...Object.keys(HOLDERS)),
  spelling: fc.constantFrom(...Object.keys(SPELLINGS)),
  encoding: fc.constantFrom(...Object.keys(ENCODINGS)),
});

interface Step {
  readonly holder: string;
  readonly spelling: string;
  readonly encoding: string;
}

/** An object in holders in each other; the innermost comes first. */
function wrapped(object: Manifest, steps: readonly Step[]): Manifest {
  return steps.reduce<Manifest>((inner, { holder, spelling, encoding }) => {
    const text = ENCODINGS[encoding]?.(SPELLINGS[spelling]?.(inner) ?? "") ?? "";
    return HOLDERS[holder]?.(text, inner) ?? inner;
  }, object);
}

describe("a workload in encodings, kinds and lists in each other", () => {
  const steps = fc.array(STEP, { maxLength: 4 });

  test("shows its path of the node, whatever it is in", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), PLACE, steps, (kind, path, around) => {
        const props = wrapped(workload(kind, { hostPath: { path } }), around);
        return judge("kubernetes:example.com/v1:Thing", props).refused.includes("no-runtime-sockets");
      }),
      { numRuns: 150 },
    );
  });

  test("has nothing refused when it has nothing of the node", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), steps, (kind, around) => {
        const props = wrapped(workload(kind, { emptyDir: {} }), around);
        return judge("kubernetes:example.com/v1:Thing", props).refused.length === 0;
      }),
      { numRuns: 150 },
    );
  });
});

/** Formats of other tools that mount the path @PATH@. */
const FORMATS: readonly string[] = [
  '[[runners]]\n  [runners.docker]\n    volumes = ["/cache", "@PATH@:/x"]\n',
  '[[runners]]\n[runners.kubernetes]\n[[runners.kubernetes.volumes.host_path]]\nname = "d"\nmount_path = "/x"\nhost_path = "@PATH@"\n',
  'job "a" {\n  group "g" {\n    task "t" {\n      driver = "docker"\n      config {\n        image = "x"\n        volumes = ["@PATH@:/x"]\n      }\n    }\n  }\n}\n',
  'podTemplate(volumes: [hostPathVolume(mountPath: "/x", hostPath: "@PATH@")]) {\n  node("x") { sh "make" }\n}\n',
  "kind: pipeline\ntype: docker\nvolumes:\n- name: d\n  host:\n    path: @PATH@\n",
  "services:\n  a:\n    image: x\n    volumes:\n    - @PATH@:/x\n",
  "services:\n  a:\n    image: x\n    volumes:\n    - type: bind\n      source: @PATH@\n      target: /x\n",
  "#cloud-config\nruncmd:\n- [docker, run, -v, '@PATH@:/x', image]\n",
  "#cloud-config\nruncmd:\n- docker run --rm -v @PATH@:/x image\n",
  "[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/docker run -v @PATH@:/x image\n",
  "[Container]\nImage=x\nVolume=@PATH@:/x\n",
];
const configMap = (text: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c" },
  data: { file: text },
});
const TYPE = "kubernetes:core/v1:ConfigMap";

describe("another tool's format", () => {
  test.each(FORMATS)("shows the path in %j, in every encoding, and none where there is none", (format) => {
    for (const encode of Object.values(ENCODINGS)) {
      const judged = (path: string) => judge(TYPE, configMap(encode(format.replaceAll("@PATH@", path))));
      expect(judged("/var/run/docker.sock").noted).toContain("no-runtime-sockets");
      expect(judged("/srv/data").refused).toEqual([]);
    }
  });

  test("is judged wherever it is cut, repeated or changed", () => {
    const noise = fc.constantFrom(
      "",
      "{{ x }}",
      "${X}",
      "\n---\n",
      "\t",
      '"',
      "'",
      "[",
      "}",
      "\\",
      "#",
      "<<EOF\n",
      "\u0000",
      "&a *a",
    );
    const piece = fc
      .tuple(fc.constantFrom(...FORMATS), fc.nat(400), fc.nat(400), noise)
      .map(([format, from, to, between]) => format.slice(Math.min(from, to), Math.max(from, to)) + between);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom(...Object.keys(ENCODINGS)), (pieces, encoding) => {
        judge(TYPE, configMap(ENCODINGS[encoding]?.(pieces.join("")) ?? ""));
        judge("command:local:Command", { create: pieces.join("") });
      }),
      { numRuns: 150 },
    );
  });
});

test("a resource of any values and any kind is judged, also by the profiles that somebody asks for", () => {
  const keys = fc.constantFrom(
    "spec",
    "template",
    "containers",
    "initContainers",
    "volumes",
    "volumeMounts",
    "hostPath",
    "securityContext",
    "capabilities",
    "add",
    "drop",
    "ports",
    "hostPort",
    "port",
    "subsets",
    "endpoints",
    "addresses",
    "toString",
    "lifecycle",
    "preStop",
    "httpGet",
    "sysctls",
    "name",
    "metadata",
    "annotations",
    "kind",
    "items",
    "path",
    "data",
    "values",
    "enabled",
    "op",
    "location",
    "parameters",
    "__proto__",
    "constructor",
  );
  const leaf = fc.oneof(
    fc.anything({ maxDepth: 1 }),
    fc.constantFrom(
      "Pod",
      "EndpointSlice",
      "ServiceEntry",
      "v1",
      "List",
      "/run",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "medium" },
      leaf,
      fc.dictionary(keys, tie("tree"), { maxKeys: 6 }),
      fc.array(tie("tree"), { maxLength: 4 }),
    ),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS, "List", "Thing", "EndpointSlice", "Endpoints", "ServiceEntry", "Service"),
      fc.dictionary(keys, tree),
      (kind, props) => {
        judge(`kubernetes:apps/v1:${kind}`, props);
        judge(`kubernetes:apps/v1:${kind}`, { apiVersion: "v1", kind, ...props });
        for (const rule of RULES) if ("remedy" in rule) rule.remedy(`kubernetes:apps/v1:${kind}`, props);
      },
    ),
    { numRuns: 200 },
  );
});
