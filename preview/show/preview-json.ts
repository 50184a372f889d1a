import { exitCode, totals, type Preview } from "../preview";
import { printable } from "../escape";
import { providerUrn } from "../run/registration";

/**
 * The preview for scripts. The shape is stable: keys may be added, and `version` changes when one is removed or means
 * something else.
 *
 * - `version`: 1
 * - `project`, `stack`, `settings`: names of the project, the stack and its file
 * - `exitCode`: 0 fine, 1 program failed or mandatory policy broken, 2 settings wrong
 * - `totals`: `resources`, `protected`, `manifests`, `policies`, `mandatory`, `advisory`, `undecided`
 * - `resources[]`, by URN: `urn`, `type`, `name`, `parent` (URN, empty for the stack), `component`, `protect`,
 *   `provider` (URN of an explicit one), `dependencies[]` (URNs), `inputs`
 * - `outputs`: the stack's outputs
 * - `manifests[]`, by file: `file` (below the output directory), `urn`, `apiVersion`, `kind`, `namespace`, `name`
 * - `policies[]`: names of all that are not disabled; `findings[]`: `policy`, `level` (mandatory, advisory, undecided), `urn`, `message`
 * - `logs[]`: `severity`, `message`; `errors[]`: `message`, `trace[]`, and with wrong settings
 *   `problems[]` of `key`, `found`, `wanted`
 * - `difference`: only with `--against`; described in difference-json.ts
 *
 * Values known only after up are `«known after up»`, secret ones `«secret»`.
 */
export function toJson(result: Preview, difference?: object): string {
  const shape = {
    version: 1,
    project: result.project,
    stack: result.stack,
    settings: result.file,
    exitCode: exitCode(result),
    totals: totals(result),
    resources: result.resources.map((resource) => ({
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      parent: resource.parent,
      component: !resource.custom,
      protect: resource.protect,
      provider: providerUrn(resource),
      dependencies: resource.dependencies,
      inputs: resource.inputs,
    })),
    outputs: result.outputs,
    manifests: result.manifests.map(({ file, urn, apiVersion, kind, namespace, name }) => ({
      file,
      urn,
      apiVersion,
      kind,
      namespace,
      name,
    })),
    policies: result.verdict.policies,
    findings: result.verdict.findings,
    logs: result.logs,
    errors: result.errors,
    ...(difference && { difference }),
  };
  return `${printable(JSON.stringify(shape, null, 2))}\n`;
}
