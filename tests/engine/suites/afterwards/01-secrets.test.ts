import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { STACK } from "../../harness/docs";
import type { Project } from "../../harness/project";
import { PLANTED, projectWithStackUp, QUICK } from "../../harness/stack";
import { LOCAL_STATE, ENGINE_FOLDER } from "../../harness/setup";

interface Secrets {
  readonly items: readonly { readonly data?: Readonly<Record<string, string>> }[];
}

/** What is shorter, such as `true` or a name, is no secret. */
const SHORTEST = 20;

/** Keys of Secrets that hold what anybody may see: certificates, and who an agent is. */
const PUBLIC = /(ca|cert)\.pem$|\.uuid$/;

let project: Project;

/** Everything below a folder, or the file itself. */
function contents(at: string): readonly string[] {
  if (statSync(at).isFile()) return [readFileSync(at, "latin1")];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(at, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "latin1"));
}

/** What must not be seen: what was planted, and every value of the installations' Secrets, plain and encoded. */
async function secretValues(): Promise<readonly string[]> {
  const namespaces = (await kubectl(["get", "namespaces", "-o", "name"]))
    .split("\n")
    .map((name) => path.basename(name));
  const lists = await Promise.all(
    namespaces
      .filter((name) => name.startsWith("gocd-"))
      .map((name) => kubectl(["get", "secrets", "-n", name, "-o", "json"]))
      .map(async (list) => JSON.parse(await list) as Secrets),
  );
  const encoded = lists.flatMap(({ items }) =>
    items.flatMap(({ data = {} }) =>
      Object.entries(data)
        .filter(([key]) => !PUBLIC.test(key))
        .map(([, value]) => value),
    ),
  );
  const plain = encoded.map((value) => Buffer.from(value, "base64").toString("latin1"));
  // A file of several lines is shown with its ends of lines written out; each of its lines is as secret. The last one of a key has the
  // end of its public half alone, and is the last one of that, too.
  const lines = [...plain, ...Object.values(PLANTED)]
    .flatMap((value) => value.trim().split("\n"))
    .map((line, place, all) => (all[place + 1]?.startsWith("-----END") ? "" : line.trim()));
  return [...new Set([...lines, ...encoded])].filter((value) => value.length >= SHORTEST && !value.startsWith("-----"));
}

/** What commands of every stack on the cluster wrote, and its settings. */
const written = (): readonly string[] =>
  readdirSync(ENGINE_FOLDER)
    .filter((name) => name.startsWith("stack-"))
    .map((name) => path.join(ENGINE_FOLDER, name))
    .flatMap((folder) => [path.join(folder, "project.log"), ...stackFiles(path.join(folder, "project"))]);

const stackFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^Pulumi\..*\.yaml$/.test(name))
    .map((name) => path.join(folder, name));

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  await project.must(`pulumi config set --secret gocd:adminPassword --stack ${STACK}`, { input: PLANTED.password });
  await project.run(`pulumi state unprotect --all --stack ${STACK}`);
  await project.must(`pulumi up --diff --stack ${STACK}`, QUICK);
});

describe("secrets", () => {
  test("are in the cluster, and in neither the state nor its backups, nor in anything that a command wrote", async () => {
    const values = await secretValues();
    expect(values.length).toBeGreaterThan(30);
    const places = [LOCAL_STATE, ...written()];
    const found = places.flatMap((place) =>
      contents(place).flatMap((text) => values.filter((value) => text.includes(value)).map((value) => [place, value])),
    );
    expect(found.map(([place = "", value = ""]) => `${place}: a value that begins with ${value.slice(0, 4)}`)).toEqual(
      [],
    );
  });
});
