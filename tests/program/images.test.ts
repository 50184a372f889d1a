import { readFileSync } from "node:fs";
import { join } from "node:path";
import { basesOf } from "../../components/images/registry";
import type { Registration } from "../../preview/run/registration";
import { readableMap, unwrappedMap } from "../../preview/run/wire";
import { neededImages } from "../../tools/images/images";
import { ROOT, runs, succeeded, task, type StackSource } from "../support/program";
import { committedStacks, variants } from "../support/stacks";

const PREFIX = "mirror.example:5000/all";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const config = (source: StackSource) => source.config ?? {};
const imagesOf = (source: StackSource) => config(source)["gocd:images"] as { readonly prebuilt?: object } | undefined;
const poolsOf = (source: StackSource) =>
  config(source)["gocd:agents"] ?? { docker: { resources: ["docker"], environments: ["docker"] } };

/** The same stack with every image behind one prefix, and with a pool that has images of its own. */
function moved(source: StackSource): StackSource {
  const prebuilt = imagesOf(source)?.prebuilt;
  const own = {
    image: `ghcr.io/team/agent@${DIGEST}`,
    pod: { sidecars: { database: { image: `docker.io/library/postgres@${DIGEST}` } } },
  };
  return {
    ...source,
    stack: "dev",
    config: {
      ...config(source),
      "gocd:images": { prefix: PREFIX, ...(prebuilt && { prebuilt }) },
      "gocd:agents": Object.assign({}, poolsOf(source), { own }),
    },
    secrets: Object.fromEntries(
      Object.entries(source.secrets ?? {}).filter(([key]) => key !== "gocd:registryPassword"),
    ),
  };
}

/** Whatever stands under `image` or `imageName`, or in a build argument, anywhere. */
function references(value: unknown, key = ""): string[] {
  if (typeof value === "string") return ["image", "imageName", "BASE", "CLI"].includes(key) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => references(inner, name));
}

/** Whatever a golden file shows as an image, where it is known before anything is built. */
const inGolden = (stack: string): readonly string[] =>
  [...readFileSync(join(ROOT, "tests/golden", `${stack}.yaml`), "utf8").matchAll(/\bimage(?:Name)?: ([^«\s]+)$/gm)].map(
    ([, image = ""]) => image,
  );

const listOf = (resources: readonly Registration[]) =>
  neededImages(
    resources.map((one) => ({ ...one, inputs: readableMap(one.inputs) })),
    (path) => readFileSync(join(ROOT, path), "utf8"),
  );

describe("npm run images lists", () => {
  const made = new Map<string, readonly Registration[]>();

  beforeAll(async () => {
    const all = await runs(committedStacks.map((stack) => task({ stack }, {}, false)));
    for (const run of all) made.set(run.stack, succeeded(run));
  });

  test.each(committedStacks)("every image of a golden file: %s", (stack) => {
    const images = listOf(made.get(stack) ?? []).map(({ image }) => image);
    expect(inGolden(stack).length).toBeGreaterThan(3);
    expect(images).toEqual(expect.arrayContaining([...new Set(inGolden(stack))]));
  });

  test("what is built by its tag, and what it is built from, which every Dockerfile names in an argument", () => {
    const images = listOf(made.get("dev") ?? []).map(({ image }) => image);
    for (const folder of ["agent", "dind", "housekeeping", "server"]) {
      const dockerfile = readFileSync(join(ROOT, "images", folder, "Dockerfile"), "utf8");
      const bases = basesOf(dockerfile);
      const from = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = ""]) => base);
      expect(from.length).toBeGreaterThan(0);
      for (const base of from) expect(images).toContain(bases[base.replace(/^\$\{|\}$/g, "")]);
      expect(images).toContainEqual(expect.stringMatching(new RegExp(`/${folder}:[^@]+$`)));
    }
  });
});

const names = Object.keys(variants).filter((name) => name !== "several pools") as (keyof typeof variants)[];

describe("every image that a stack needs", () => {
  const stacks = new Map<string, readonly Registration[]>();
  const before = new Map<string, readonly Registration[]>();

  beforeAll(async () => {
    const all = names.map((name) => variants[name]);
    const made = await runs([
      ...all.map((source) => task(moved(source), {}, true)),
      ...all.map((source) => task(source, {}, false)),
    ]);
    names.forEach((name, index) => {
      stacks.set(name, succeeded(made[index] as (typeof made)[number]));
      before.set(name, succeeded(made[names.length + index] as (typeof made)[number]));
    });
  });

  test.each(names)("is below gocd:images.prefix and nowhere else: %s", (name) => {
    const found = (stacks.get(name) ?? []).flatMap(({ inputs }) => references(unwrappedMap(inputs)));
    expect(found).toEqual(
      expect.arrayContaining([`${PREFIX}/team/agent@${DIGEST}`, `${PREFIX}/library/postgres@${DIGEST}`]),
    );
    expect(found.length).toBeGreaterThan(6);
    expect(found.filter((image) => !image.startsWith(`${PREFIX}/`))).toEqual([]);
  });

  test.each(names)("is in the list of npm run images: %s", (name) => {
    const resources = before.get(name) ?? [];
    const listed = listOf(resources);
    const used = resources
      .flatMap(({ inputs }) => references(readableMap(inputs)))
      .filter((image) => !image.startsWith("«"));
    const images = listed.map(({ image }) => image);
    expect(images).toEqual(expect.arrayContaining(used));
    expect(new Set(images).size).toBe(images.length);
    for (const { neededBy } of listed) expect(neededBy).not.toEqual([]);
  });

  test.each([
    ["docker", ["gocd-dev-agent", "gocd-dev-dind"], "standard-rwo"],
    ["arm", ["gocd-dev-agent-arm64", "gocd-dev-dind-arm64"], "gocd-dev-hyperdisk"],
  ])("is of the processor of its pool's nodes, with claims that attach there: %s", (pool, images, storageClass) => {
    const resources = before.get("pools of two processors") ?? [];
    const agents = resources.find(
      ({ type, name }) => type === "kubernetes:apps/v1:StatefulSet" && name === `gocd-dev-${pool}`,
    );
    const built = (agents?.dependencies ?? []).filter((urn) => urn.includes("docker:index/image:Image"));
    expect(built.map((urn) => urn.split("::").at(-1))).toEqual(images);
    expect(JSON.stringify(readableMap(agents?.inputs ?? {}))).toContain(`"storageClassName":"${storageClass}"`);
  });
});
