import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readableMap } from "../../preview/run/wire";
import { google } from "../../settings/google";
import { GOCD, SECRETS } from "../../settings/keys";
import { serverSecretsOf } from "../../settings/server-secrets";
import { keys } from "../../tools/schema/wanted";
import { plannedRun, succeeded } from "../support/program";

const root = join(__dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const PAGES = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
].sort();
const OPERATIONS = PAGES.filter((file) => file.startsWith("docs/operations/"));

/** What stands in backquotes or in a block of code, where names and commands are. */
function code(file: string): string[] {
  const text = read(file);
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)].map(([, block]) => block ?? "");
  const spans = [...text.replace(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? "");
  return [...blocks, ...spans];
}

interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly protect: boolean;
  readonly inputs: {
    readonly name?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
  };
}

let resources: readonly Registered[];
beforeAll(async () => {
  resources = succeeded(await plannedRun()).map(({ inputs, ...others }) => ({
    ...others,
    inputs: readableMap(inputs),
  }));
});

describe("the documentation", () => {
  test("has a page for each thing that operators do, and the first page lists them all", () => {
    const listed = [...read("docs/operations/README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page);
    expect(listed.sort()).toEqual(
      OPERATIONS.map((file) => file.replace("docs/operations/", ""))
        .filter((file) => file !== "README.md")
        .sort(),
    );
  });

  test("lists every decision with its title, its status and its date", () => {
    const files = readdirSync(join(root, "docs", "decisions")).filter((file) => file !== "README.md");
    const titles = files.map((file) => {
      const [, title = ""] = /^# \d+\. (.+)$/m.exec(read(`docs/decisions/${file}`)) ?? [];
      return [file, title];
    });
    const row = /^\| \[\d{4}\]\((\S+)\) +\| (.+?) +\| (?:accepted|replaced by \d{4}) +\| \d{4}-\d{2}-\d{2} +\|$/gm;
    const listed = [...read("docs/decisions/README.md").matchAll(row)].map(([, file, title]) => [file, title]);
    expect(listed).toEqual(titles);
  });

  test.each(PAGES)("links to files that exist: %s", (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link ?? "");
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([]);
  });

  test.each(PAGES)("names scripts that package.json has: %s", (file) => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> };
    const named = code(file).flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, script]) => script ?? ""),
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test.each(PAGES)("names files and folders that exist: %s", (file) => {
    const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && !["node_modules", "out", ".git", ".cache"].includes(entry.name) ? [entry.name] : [],
    );
    const named = code(file)
      .flatMap((text) => text.split(/[\s()'",;=]+/))
      .map((word) => word.replace(/^\.\//, "").replace(/[.:/]+$/, ""))
      .filter((word) => folders.includes(word.split("/")[0] ?? "") && /^[\w./-]+$/.test(word) && word.includes("/"));
    expect(
      named.filter((word) => !existsSync(join(root, word)) && !existsSync(join(root, dirname(file), word))),
    ).toEqual([]);
  });
});

describe("the way to pulumi up", () => {
  const [first = "", page = ""] = ["README.md", "docs/operations/install.md"].map(read);
  const sorted = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

  test("asks for the same roles in both", () => {
    const [roles = ""] = /Roles that `up` needs:[\s\S]*?enabling/.exec(first) ?? [];
    expect(sorted(page, /^\| `roles\/([\w.]+)`/gm)).toEqual(sorted(roles, /`([a-z]+\.\w+)`/g));
  });
});

describe("CONTRIBUTING", () => {
  test("says of every folder what is in it", () => {
    const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && !/^(\..*|node_modules|out|reports|coverage)$/.test(entry.name) ? [entry.name] : [],
    );
    const named = code("CONTRIBUTING.md");
    expect(folders.filter((folder) => !named.some((text) => text.startsWith(`${folder}/`)))).toEqual([]);
  });

  test("says of at least ten changes where they go, and each place exists", () => {
    const [, table = ""] = /## Where a change goes\n([\s\S]*?)\n## /.exec(read("CONTRIBUTING.md")) ?? [];
    const places = [...table.matchAll(/\| `([^`]+)` +\|$/gm)].map(([, place]) => place ?? "");
    expect(places.length).toBeGreaterThanOrEqual(10);
    expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([]);
  });

  test("has every command that writes what a test compares", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> };
    const writing = Object.keys(scripts).filter((script) => /^(schema|picture|docs:)/.test(script));
    const text = code("CONTRIBUTING.md").join("\n");
    expect(writing.filter((script) => !text.includes(`npm run ${script}`))).toEqual([]);
  });
});

describe("what the operations pages tell to type", () => {
  test("has settings that exist", () => {
    const all = [
      ...Object.entries(GOCD).flatMap(([key, schema]) => keys(`gocd:${key}`, schema)),
      ...Object.entries(google.shape).flatMap(([key, schema]) => keys(`gcp:${key}`, schema)),
    ].map(({ path }) => path);
    // Inside of the server's secrets names are people's own below the first.
    const parts = Object.keys(serverSecretsOf({})).map((part) => `serverSecrets.${part}`);
    const known = [...all, ...[...SECRETS, ...parts].map((key) => `gocd:${key}`)].map((path) =>
      path.replace("<pool>", "docker"),
    );
    const named = OPERATIONS.flatMap((file) =>
      code(file)
        .map((text) => text.replace(/urn:\S+/g, ""))
        .flatMap((text) => [...text.matchAll(/\b(?:gocd|gcp):[a-z]\w*(?:\.\w+)*/g)].map(([key]) => key))
        .map((key) => key.replace(/^(gocd:serverSecrets\.\w+)\..*/, "$1")),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((key) => !known.some((path) => path === key || path.startsWith(`${key}.`)))).toEqual([]);
  });

  test("has resources of Pulumi that the stack dev registers", () => {
    const named = OPERATIONS.flatMap((file) =>
      [...read(file).matchAll(/urn:pulumi:dev::[^'`\s]+/g)].map(([urn]) => urn),
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((urn) => !resources.some((resource) => resource.urn === urn))).toEqual([]);
  });

  test("has objects of Kubernetes that the stack dev registers", () => {
    const has = (kind: string, name: string, namespace: string) =>
      resources.some(
        ({ type, inputs: { metadata } }) =>
          type.toLowerCase().endsWith(`:${kind}`) && metadata?.name === name && metadata.namespace === namespace,
      );
    const named = OPERATIONS.flatMap((file) =>
      code(file).flatMap((text) =>
        [...text.matchAll(/--namespace (\S+) [^\n]*?(statefulset|deployment|service)[ /]([\w-]+)/g)].map(
          ([, namespace = "", kind = "", name = ""]) => ({ kind, name, namespace }),
        ),
      ),
    );
    // What is Kubernetes' own is not this program's to register.
    const own = named.filter(({ namespace }) => namespace !== "kube-system");
    expect(own.length).toBeGreaterThan(2);
    expect(own.filter(({ kind, name, namespace }) => !has(kind, name, namespace))).toEqual([]);
  });

  test("has pods and containers that are there", () => {
    const pod = JSON.stringify(resources.filter(({ type }) => type.endsWith(":StatefulSet")));
    const named = OPERATIONS.flatMap((file) =>
      code(file).flatMap((text) =>
        [...text.matchAll(/(?:logs|exec) docker-0 -c (\w+)/g)].map(([, name]) => name ?? ""),
      ),
    );
    expect(new Set(named)).toEqual(new Set(["certificates", "dind"]));
    expect([...named, "workspace", "cache"].filter((name) => !pod.includes(`"name":"${name}"`))).toEqual([]);
  });

  test("has disks by the names that they are made with", () => {
    const disks = resources.filter(({ type }) => type.endsWith(":Disk")).map(({ inputs }) => inputs.name);
    const named = OPERATIONS.flatMap((file) =>
      [...read(file).matchAll(/gcloud compute disks (?:snapshot|delete)((?: gocd-[\w-]+)+)/g)].flatMap(
        ([, names = ""]) => names.trim().split(" "),
      ),
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !disks.includes(name))).toEqual([]);
  });

  test("deletes for good all that is protected in the cloud", () => {
    const page = read("docs/operations/destroy.md").split("## Delete the data for good")[1] ?? "";
    const kept = resources.filter(({ type, protect }) => protect && type.startsWith("gcp:"));
    const names = kept.map(({ urn, inputs: { name } }) => name?.replace("my-gocd-project", "PROJECT") ?? urn);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});

describe("the versions that an upgrade changes", () => {
  const base = (file: string, argument: string) =>
    new RegExp(`^ARG ${argument}=(\\S+)`, "m").exec(read(file))?.[1] ?? "";

  test("are the same for GoCD's server and agent", () => {
    const version = (image: string) => image.split(":")[1];
    expect(version(base("images/agent/Dockerfile", "BASE"))).toMatch(/^v\d+\.\d+\.\d+$/);
    expect(version(base("images/agent/Dockerfile", "BASE"))).toBe(version(base("images/server/Dockerfile", "BASE")));
  });

  test("are the same for Docker's daemon and client", () => {
    const version = (image: string) => /:(\d+\.\d+\.\d+)-/.exec(image)?.[1];
    expect(version(base("images/dind/Dockerfile", "BASE"))).toBeDefined();
    expect(version(base("images/agent/Dockerfile", "CLI"))).toBe(version(base("images/dind/Dockerfile", "BASE")));
  });
});
