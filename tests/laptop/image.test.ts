import { readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { preProcessFile } from "typescript";
import { parse } from "yaml";

const ROOT = join(__dirname, "../..");

describe("the image of the laptop's setup", () => {
  interface Lock {
    readonly packages: Record<string, { readonly version?: string; readonly hasInstallScript?: boolean }>;
  }
  const json = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), "utf8"));
  const argument = (name: string) => /^ARG BASE=(.*)$/m.exec(readFileSync(join(ROOT, name, "Dockerfile"), "utf8"))?.[1];

  test("has the versions that are tested, and no script that runs at their installation", () => {
    const tested = (json("package-lock.json") as Lock).packages;
    const own = Object.entries((json("laptop/package-lock.json") as Lock).packages).filter(([name]) => name !== "");
    expect(own.map(([name, { version }]) => [name, version])).toEqual(
      own.map(([name]) => [name, (tested[`laptop/${name}`] ?? tested[name])?.version]),
    );
    expect(own.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  test("is built with every folder that its program imports from", () => {
    const files = new Set([join(ROOT, "laptop/main.ts")]);
    for (const file of files) {
      const imported = preProcessFile(readFileSync(file, "utf8")).importedFiles.map(({ fileName }) => fileName);
      for (const name of imported.filter((one) => one.startsWith("."))) files.add(`${join(dirname(file), name)}.ts`);
    }
    const folders = new Set([...files].map((file) => relative(ROOT, file).split(sep)[0] ?? ""));
    expect(folders).toContain("components");

    const compose = parse(readFileSync(join(ROOT, "compose.yaml"), "utf8")) as {
      readonly services: {
        readonly setup: {
          readonly build: { readonly context: string; readonly additional_contexts: Record<string, string> };
        };
      };
    };
    const { context, additional_contexts: more } = compose.services.setup.build;
    expect([context, ...Object.keys(more)].sort()).toEqual([...folders].sort());
    const dockerfile = readFileSync(join(ROOT, "laptop/Dockerfile"), "utf8");
    for (const name of Object.keys(more)) expect(dockerfile).toContain(`COPY --from=${name} . ${name}\n`);
  });

  test("starts from housekeeping's base, and runs as nobody's root", () => {
    expect(argument("laptop")).toBe(argument("images/housekeeping"));
    expect(readFileSync(join(ROOT, "laptop/Dockerfile"), "utf8")).toMatch(/\nUSER 1000:0\nENTRYPOINT/);
  });
});
