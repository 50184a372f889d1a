import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transformFile } from "@swc/core";
import { ROOT } from "../kubernetes/paths";

/** Compiles TypeScript of the checkout (files, or folders with all files in them) to CommonJS, path for path below `target`. */
export async function compile(sources: readonly string[], target: string): Promise<void> {
  for (const source of sources.flatMap(files)) {
    const { code } = await transformFile(path.join(ROOT, source), {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    const file = path.join(target, source.replace(/\.ts$/, ".js"));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

const files = (source: string): string[] =>
  statSync(path.join(ROOT, source)).isDirectory()
    ? readdirSync(path.join(ROOT, source))
        .filter((name) => name.endsWith(".ts"))
        .map((name) => path.join(source, name))
    : [source];
