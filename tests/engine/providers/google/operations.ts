import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Cloud, type Event, projectFile } from "./cloud";

/** Does something with a resource: notes when it began and ended, and fails where a test wants that. */
export async function operation<T>(what: Event["what"], urn: string, work: () => Promise<T> | T): Promise<T> {
  const cloud = new Cloud(projectFile());
  cloud.note({ what, stage: "began", urn });
  failOnce(`${what} ${urn}`);
  const result = await work();
  cloud.note({ what, stage: "ended", urn });
  failOnce(`after ${what} ${urn}`);
  if (isListed(`no answer to ${what} ${urn}`)) await new Promise(() => undefined);
  return result;
}

/**
 * Fails what a test has listed, once, as Google does on a bad day: `create URN`, `read URN`, `update URN`, `delete URN`. After
 * `after create URN` it is done and the answer is an error; after `no answer to create URN` it is done, and there is none.
 */
export function failOnce(what: string): void {
  if (isListed(what)) throw new Error("googleapi: Error 503: The service is currently unavailable., backendError");
}

/** Whether a test has listed this; then it no longer is. */
function isListed(what: string): boolean {
  const file = `${projectFile()}.failures`;
  const listed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as readonly string[]) : [];
  if (!listed.includes(what)) return false;
  writeFileSync(file, JSON.stringify(listed.filter((one) => one !== what)));
  return true;
}
