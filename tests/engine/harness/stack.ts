import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { apply } from "../../cluster/kubernetes/kubectl";
import { volumeFor } from "../../cluster/kubernetes/disks";
import { KUBECONFIG, ROOT } from "../../cluster/kubernetes/paths";
import { documented } from "./docs";
import type { Ended, Project } from "./project";
import { makeProject } from "./workshop";

/** What the tests plant, and look for in all that a run writes. */
export const PLANTED = { password: "planted-password-of-the-tests-0123" } as const;

/** The stack that the pages are written for. */
export const STACK = "dev";

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
}

/** The settings of the cluster tests: a Kubernetes that exists, two small agents, images by digest. */
function clusterSettings(): Readonly<Record<string, unknown>> {
  const file = readFileSync(path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml"), "utf8");
  return (parse(file) as StackFile).config;
}

/** A project whose stack runs on the cluster of this run, logged in as install.md says. */
export async function projectOnCluster(name: string, stacks: readonly string[]): Promise<Project> {
  const project = makeProject(name, "cluster", { KUBECONFIG });
  await project.must(documented("docs/operations/install.md", /^pulumi login --local$/));
  for (const stack of stacks) {
    project.writeStack(stack, clusterSettings());
    await project.must(documented("docs/operations/install.md", /^pulumi stack init dev$/).replace(STACK, stack));
    await makeVolumes(stack);
  }
  return project;
}

/** Gives the claims of a stack their disks, as a cloud would. */
export async function makeVolumes(stack: string, agents = 3): Promise<void> {
  const server = ["data", "artifacts"].map((purpose) => ({
    namespace: `gocd-${stack}`,
    name: `gocd-${stack}-${purpose}`,
  }));
  const pool = ["workspace", "cache"].flatMap((purpose) =>
    Array.from({ length: agents }, (_, ordinal) => ({
      namespace: `gocd-${stack}-agents`,
      name: `${purpose}-docker-${ordinal}`,
    })),
  );
  await apply([...server, ...pool].map(volumeFor));
}

/** The last line with numbers that Pulumi prints of each operation: `{ create: 62, same: 1 }`. */
export function changes({ text }: Ended): Readonly<Record<string, number>> {
  const summary = text.slice(text.lastIndexOf("Resources:"));
  const words: Readonly<Record<string, string>> = {
    created: "create",
    updated: "update",
    deleted: "delete",
    replaced: "replace",
    unchanged: "same",
  };
  return Object.fromEntries(
    [...summary.matchAll(/(\d+) (?:to )?(created?|updated?|deleted?|replaced?|unchanged)\b/g)].map(
      ([, count, word = ""]) => [words[word] ?? word, Number(count)],
    ),
  );
}

/** Rejects unless an operation left everything as it was. */
export function expectUnchanged(ended: Ended): void {
  const { same = 0, ...others } = changes(ended);
  if (same === 0 || Object.keys(others).length > 0)
    throw new Error(`nothing should have changed, but: ${JSON.stringify(others)}\n${ended.text.slice(-5000)}`);
}
