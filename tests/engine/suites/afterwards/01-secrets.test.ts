import { readdirSync } from "node:fs";
import path from "node:path";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { documented } from "../../harness/docs";
import { cliLogs, guises, isPublic, leaks, writtenIn } from "../../harness/leaks";
import type { Project } from "../../harness/project";
import { PLANTED, projectWithStackUp, QUICK } from "../../harness/stack";
import { ENGINE_FOLDER, LOCAL_STATE, openProject } from "../../harness/setup";

interface Secrets {
  readonly items: readonly { readonly data?: Readonly<Record<string, string>> }[];
}

const INSTALL = "docs/operations/install.md";

let project: Project;

/** Every value of the installations' Secrets. */
async function clusterSecrets(): Promise<readonly string[]> {
  const namespaces = (await kubectl(["get", "namespaces", "-o", "name"]))
    .split("\n")
    .map((name) => path.basename(name));
  const lists = await Promise.all(
    namespaces
      .filter((name) => name.startsWith("gocd-"))
      .map((name) => kubectl(["get", "secrets", "-n", name, "-o", "json"]))
      .map(async (list) => JSON.parse(await list) as Secrets),
  );
  return lists.flatMap(({ items }) =>
    items.flatMap(({ data = {} }) =>
      Object.entries(data)
        .filter(([key]) => !isPublic(key))
        .map(([, value]) => Buffer.from(value, "base64").toString("latin1")),
    ),
  );
}

/** The copies of the checkout in which people worked on stacks of the cluster. */
const projects = (): readonly Project[] =>
  readdirSync(ENGINE_FOLDER)
    .filter((name) => name.startsWith("stack-"))
    .map((name) => openProject(name, "cluster"));

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  await project.must(documented(INSTALL, /^pulumi config set --secret gocd:adminPassword --stack dev$/), {
    input: PLANTED.password,
  });
  await project.must(documented("docs/operations/destroy.md", /^pulumi state unprotect --all --stack dev$/));
  await project.must(`${documented(INSTALL, /^pulumi up --stack dev --policy-pack policy\b/)} --diff`, QUICK);
});

describe("secrets", () => {
  test("are in the cluster, and in neither the state nor its backups, nor in anything that a command wrote or the CLI logged", async () => {
    const values = guises([
      ...(await clusterSecrets()),
      ...Object.values(PLANTED),
      project.environment["PULUMI_CONFIG_PASSPHRASE"] ?? "",
    ]);
    expect(values.length).toBeGreaterThan(30);
    expect(projects().flatMap(cliLogs)).not.toEqual([]);
    expect(leaks([LOCAL_STATE, ...projects().flatMap(writtenIn)], values)).toEqual([]);
  });
});
