import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { loseDisk, volumeFor } from "../../cluster/kubernetes/disks";
import { apply, kubectl } from "../../cluster/kubernetes/kubectl";
import { KUBECONFIG, ROOT } from "../../cluster/kubernetes/paths";
import { documented, STACK } from "./docs";
import type { CommandOptions, Ended, Project } from "./project";
import { shortenWaits } from "./short-waits";
import { warm } from "./warm";
import { givePolicyPack, LOCAL_STATE, openProject } from "./setup";

/** What the tests plant, and look for in all that a run writes. */
export const PLANTED = {
  password: "planted-password-of-the-tests-0123",
  secondPassword: "planted-password-of-the-tests-4567",
  deployKey: "planted-deploy-key-of-the-tests-0123",
  secondDeployKey: "planted-deploy-key-of-the-tests-4567",
  knownHosts: "git.example.com ssh-ed25519 planted-host-key-of-the-tests-0123",
  login: "planted-login-of-the-tests-0123",
  secondLogin: "planted-login-of-the-tests-4567",
  alice: "planted-password-of-alice-0123",
  secondAlice: "planted-password-of-alice-4567",
  repository: "planted-password-of-a-repository-0123",
  configuration: "planted-token-of-the-configuration-0123",
  directory: "planted-password-of-a-directory-0123",
  registry: "planted-password-of-a-registry-0123",
  iapClient: "planted-secret-of-an-oauth-client-0123",
} as const;

interface Pool {
  readonly dind: object;
}

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The settings of the cluster tests: a Kubernetes that exists, two small agents, images by digest. With less memory: four stacks, and a
 * pool or two more, are to fit on a machine with 16 GiB.
 */
export function clusterSettings(): Readonly<Record<string, unknown>> {
  const file = readFileSync(path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml"), "utf8");
  const { config } = parse(file) as StackFile;
  const { docker } = config["gocd:agents"] as Readonly<Record<"docker", Pool>>;
  const dind = { ...docker.dind, memory: "512Mi" };
  return {
    ...config,
    "gocd:server": { ...(config["gocd:server"] as object), headroom: "768Mi" },
    "gocd:agents": { docker: { ...docker, dind } },
  };
}

/** Settings of the pool and of the server, which tests change in part. */
export const POOL_SETTINGS = (clusterSettings()["gocd:agents"] as Readonly<Record<"docker", object>>).docker;
export const SERVER_SETTINGS = clusterSettings()["gocd:server"] as object;

const UP = documented(
  "docs/operations/install.md",
  /^pulumi up --stack dev --policy-pack policy --policy-pack-config policy-config.json$/,
);

/** For an `up` of which the preview is not looked at. */
export const QUICK: CommandOptions = { env: { PULUMI_OPTION_SKIP_PREVIEW: "true" } };

/** Whether a command starts the program and the providers anew, as on people's machines, or finds them loaded. */
type Start = "cold" | "warm";

/** The project of the suites of a stack on the cluster of this run, logged in as install.md says. */
export async function projectOnCluster(start: Start): Promise<Project> {
  const project = openProject(`stack-${STACK}`, "cluster", { KUBECONFIG });
  if (!existsSync(path.join(LOCAL_STATE, `stacks/gocd/${STACK}.json`))) {
    shortenWaits(project.directory);
    if (start === "cold") await project.must(documented("docs/operations/install.md", /^npm run build:policy$/));
    else givePolicyPack(project);
    await project.must(documented("docs/operations/install.md", /^pulumi login --local$/));
    await addStack(project, STACK);
  }
  return start === "cold" ? project : warm(project);
}

/** Makes a stack with the settings of the cluster tests. */
export async function addStack(project: Project, stack: string): Promise<void> {
  project.writeStack(stack, clusterSettings());
  const init = documented("docs/operations/install.md", /^pulumi stack init dev$/);
  await project.must(init.replace(STACK, stack));
  await makeVolumes(stack);
}

/** The same with the stack up, whichever suite comes first. */
export async function projectWithStackUp(start: Start): Promise<Project> {
  const project = await projectOnCluster(start);
  const isUp = (await project.state(STACK)).some(({ type }) => type.endsWith(":StatefulSet"));
  if (!isUp) await project.must(UP, QUICK);
  return project;
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly status: { readonly phase: string };
}

/** Gives the claims of a stack disks, as a cloud would: new ones for those whose claims are gone, and not kept. */
export async function makeVolumes(stack: string, pools: readonly string[] = ["docker"], agents = 3): Promise<void> {
  const server = ["data", "artifacts"].map((purpose) => ({
    namespace: `gocd-${stack}`,
    name: `gocd-${stack}-${purpose}`,
  }));
  const claims = pools.flatMap((pool) =>
    ["workspace", "cache"].flatMap((purpose) =>
      Array.from({ length: agents }, (_, ordinal) => ({
        namespace: `gocd-${stack}-agents`,
        name: `${purpose}-${pool}-${ordinal}`,
      })),
    ),
  );
  const { items } = JSON.parse(await kubectl(["get", "pv", "-o", "json"])) as { readonly items: readonly Volume[] };
  const released = new Set(
    items.filter(({ status }) => status.phase === "Released").map(({ metadata }) => metadata.name),
  );
  for (const claim of [...server, ...claims]) {
    const { metadata } = volumeFor(claim);
    if (!released.has(metadata.name)) continue;
    await kubectl(["delete", "pv", metadata.name]);
    loseDisk(claim);
  }
  await apply([...server, ...claims].map(volumeFor));
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
