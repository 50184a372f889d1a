import { z } from "zod";
import { normalSchedule, quartzProblem } from "./cron";
import { problem, type Problem } from "./problems";
import type { Storage } from "./storage";
import { choice, mapWith, text, whole, type ReadonlyDeep } from "./values";

export const backup = mapWith({
  schedule: z
    .string({ error: 'a Quartz schedule such as "0 0 2 * * ?"' })
    .overwrite(normalSchedule)
    .refine((value) => quartzProblem(value) === undefined, {
      error: (issue) => quartzProblem(String(issue.input)) ?? "",
    })
    .default("0 0 2 * * ?")
    .describe("when GoCD backs itself up, as a Quartz schedule in UTC"),
  keepDays: whole("a whole number of days from 1 to 3650", 1, 3650)
    .default(30)
    .describe("how long disk snapshots and backups are kept"),
  location: text(
    "a region such as us-central1, two regions (nam4, eur4, asia1), or a continent (us, eu, asia)",
    /^(nam4|eur4|asia1|us|eu|asia|[a-z]+-[a-z]+\d+)$/,
  )
    .optional()
    .describe("where the bucket of backups is; gcp:region if absent. A bucket that is there stays where it is"),
  restore: text("the name of a backup, such as backup_20260101-020000", /^backup_\d{8}-\d{6}$/)
    .optional()
    .describe("backup in the bucket to start from where the server's disk is empty; harmless if it stays"),
  otherServer: choice("replace-keys", "adopt-keys")
    .optional()
    .describe(
      "accepts a backup of another server, whose keys this stack's replace, or which are in gocd:serverSecrets.keys; refused if absent",
    ),
});

/** GoCD's own backup. */
export type Backup = ReadonlyDeep<z.output<typeof backup>>;

/** A backup to start from where there is no bucket that holds any, or one of another server where none is named. */
export function restoreProblems({ restore, otherServer, location }: Backup, storage: Storage): Problem[] {
  if (restore === undefined && otherServer !== undefined)
    return [problem("gocd:backup.otherServer", otherServer, "nothing without gocd:backup.restore")];
  if (storage.mode === "disks") return [];
  const wanted = "nothing where claims come from a storage class: there is no bucket";
  return Object.entries({ restore, location }).flatMap(([key, found]) =>
    found === undefined ? [] : [problem(`gocd:backup.${key}`, found, wanted)],
  );
}
