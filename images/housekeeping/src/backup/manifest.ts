import { z } from "zod";

/** The last object of a backup in the bucket. Without it the backup is not complete, and restore does not see it. */
export const MANIFEST = "manifest.json";

export const manifest = z.strictObject({
  name: z.string(),
  /** Of GoCD, such as `26.1.0`. */
  version: z.string(),
  files: z.array(z.strictObject({ name: z.string().regex(/^[\w-]+\.(zip|txt)$/), size: z.number(), md5: z.string() })),
});

export type Manifest = z.output<typeof manifest>;

/** Names of backups, as GoCD makes them. */
export const NAME = /^backup_\d{8}-\d{6}$/;

/** GoCD before this has a database of another form, which gocd-database-migrator turns into this one's. */
export const FIRST_VERSION = "20.5.0";

/** The version at the start of GoCD's version.txt (`26.1.0 (22543-abc)`), or nothing. */
export function versionIn(text: string): string | undefined {
  return /^(\d+\.\d+\.\d+)\b/.exec(text.trim())?.[1];
}

/** Less than 0 when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] as number) - (right[at] as number);
}
