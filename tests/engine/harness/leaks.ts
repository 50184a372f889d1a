import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Project } from "./project";

/** What is shorter, such as `true` or a name, is no secret. */
const SHORTEST = 20;

/** Whether a key of a Kubernetes Secret holds what anybody may see: certificates, and who an agent is. */
export const isPublic = (key: string): boolean => /(ca|cert)\.pem$|\.uuid$/.test(key);

/**
 * What each of these secrets looks like where it comes to light: itself, and each line of it, since a text of several lines is shown with its
 * ends of lines written out; plain and in base64.
 */
export function guises(secrets: readonly string[]): readonly string[] {
  // The last line of a key has the end of its public half alone, and is the last one of that, too.
  const lines = secrets
    .flatMap((value) => value.trim().split("\n"))
    .map((line, place, all) => (all[place + 1]?.startsWith("-----END") ? "" : line.trim()));
  const encoded = secrets.map((value) => Buffer.from(value, "latin1").toString("base64"));
  return [...new Set([...lines, ...encoded])].filter((value) => value.length >= SHORTEST && !value.startsWith("-----"));
}

/** Which of the values are in which files of these places, in a line each that tells no more than how the value begins. */
export function leaks(places: readonly string[], values: readonly string[]): readonly string[] {
  return places.flatMap(filesIn).flatMap((file) => {
    const text = readFileSync(file, "latin1");
    return values
      .filter((value) => text.includes(value))
      .map((value) => `${file}: a value that begins with ${value.slice(0, 12)}`);
  });
}

/** Every secret in the state of a stack, as the engine itself tells them. */
export async function stateSecrets(project: Project, stack: string): Promise<readonly string[]> {
  const { stdout } = await project.must(`pulumi stack export --show-secrets --stack ${stack}`, { tellsSecrets: true });
  const secrets: string[] = [];
  JSON.parse(stdout, (key, value: unknown) => {
    if (key === "plaintext" && typeof value === "string") secrets.push(...texts(JSON.parse(value)));
    return value;
  });
  return secrets;
}

/** The texts in a value that are not public. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (isPublic(key) ? [] : texts(child)));
}

/** What commands in a copy of the checkout wrote: their output, the settings of its stacks, and all that the CLI keeps in its folder. */
export function writtenIn(project: Project): readonly string[] {
  const { directory, transcript } = project;
  const settings = readdirSync(directory).filter((name) => /^Pulumi\..*\.yaml$/.test(name));
  return [transcript, cliFolder(project), ...settings.map((name) => path.join(directory, name))];
}

/** The logs that the CLI keeps of the commands in a copy of the checkout. */
export const cliLogs = (project: Project): readonly string[] => filesIn(path.join(cliFolder(project), "logs"));

const cliFolder = ({ environment }: Project): string => environment["PULUMI_HOME"] ?? "";

/** Every file below a folder, or the file itself; plug-ins, to which a link leads, are none. */
function filesIn(at: string): readonly string[] {
  if (!existsSync(at)) return [];
  if (lstatSync(at).isFile()) return [at];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(at, name))
    .filter((file) => lstatSync(file).isFile());
}
