import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { STATE } from "../../kubernetes/paths";
import { compose, docker } from "./engine";

/** The volume of secrets, as the machine sees it. */
export const SECRETS = path.join(STATE, "docker/volumes/gocd-laptop_secrets/_data");

/** Lines that say something. */
export const lines = (text: string) => text.trim().split("\n").filter(Boolean);
/** All that a `docker …` prints, whether or not it succeeds. */
export const printed = async (...args: readonly string[]) => {
  const { stdout, stderr } = await docker(...args);
  return stdout + stderr;
};
/** The ids of all containers. */
export const containers = async () => lines(await printed("ps", "--all", "--quiet"));
/** The id of a service's container. */
export const container = async (service: string, options = {}) =>
  (await compose(["ps", "--quiet", service], options)).trim();
const inspect = async (service: string, what: string) =>
  (await printed("inspect", "--format", what, await container(service, { secondAgent: true }))).trim();
/** When a service's container last started. */
export const started = (service: string) => inspect(service, "{{.State.StartedAt}}");
/** The address of a pair in its network. */
export const address = (pair: string) => inspect(pair, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");

function secretFiles(): { readonly name: string; readonly content: string }[] {
  return readdirSync(SECRETS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((name) => ({ name, content: readFileSync(name, "utf8") }));
}

/** What must never be seen outside the volume of secrets. */
export function secrets(): string[] {
  const keys = JSON.parse(readFileSync(path.join(SECRETS, "keys.json"), "utf8")) as Record<string, string>;
  const others = secretFiles().filter(({ name }) => /\/(key\.pem|token)$/.test(name));
  // Of a key its second line: the first says only what it is.
  return [...Object.values(keys), ...others.map(({ content }) => content.split("\n")[1] ?? content)];
}

/** What is in the volume of secrets, by file, in a form that may be printed. */
export const fingerprint = () =>
  Object.fromEntries(
    secretFiles().map(({ name, content }) => [name, createHash("sha256").update(content).digest("hex")]),
  );

/** A file of /proc, or nothing once its process has ended. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
