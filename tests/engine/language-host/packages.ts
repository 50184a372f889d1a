import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PackageDependency } from "@pulumi/pulumi/proto/plugin_pb";

interface Manifest {
  readonly version: string;
  readonly pulumi?: { readonly resource?: boolean; readonly name?: string; readonly version?: string };
}

/** The provider plugins that the program's packages say they need. */
export function installedPlugins(program: string): PackageDependency[] {
  const folder = path.join(program, "node_modules", "@pulumi");
  return (existsSync(folder) ? readdirSync(folder).sort() : []).flatMap((name) => {
    const { version, pulumi } = JSON.parse(readFileSync(path.join(folder, name, "package.json"), "utf8")) as Manifest;
    if (pulumi?.resource !== true) return [];
    return new PackageDependency()
      .setName(pulumi.name ?? name)
      .setKind("resource")
      .setVersion(`v${pulumi.version ?? version}`);
  });
}
