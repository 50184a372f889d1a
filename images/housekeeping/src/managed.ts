import { z } from "zod";

import { OWNED } from "./owned/schema";

/** `NameTypeValidator` in GoCD. */
export const environmentName = z
  .string()
  .max(255)
  .regex(/^[\w-][\w.-]*$/, "letters, digits, dots, hyphens and underscores only");

export const httpUrl = z.url({ protocol: /^https?$/, error: "an http or https URL" });

/** Settings that always follow the stack file. What is left out is left to GoCD and its users. */
const SHAPE = {
  siteUrl: httpUrl.optional(),
  /** Empty: none. */
  secureSiteUrl: z
    .union([z.literal(""), z.url({ protocol: /^https$/ })], { error: "an https URL, or empty" })
    .optional(),
  backup: z
    .strictObject({
      /** A Quartz expression of six or seven fields. */
      schedule: z.string().regex(/^\S+( \S+){5,6}$/, "a Quartz expression of six or seven fields"),
      /** Path of a script in the server's container. */
      postBackupScript: z.string().startsWith("/"),
    })
    .optional(),
  /** Old artifacts go when less than `purgeStartGib` is free, until `purgeUptoGib` is. */
  artifacts: z
    .strictObject({ purgeStartGib: z.number().positive(), purgeUptoGib: z.number().positive() })
    .refine((purge) => purge.purgeStartGib <= purge.purgeUptoGib, {
      path: ["purgeUptoGib"],
      error: "must not be less than purgeStartGib",
    })
    .optional(),
  /** Made when they are missing. Never removed: they may hold pipelines. */
  environments: z.array(environmentName).default([]),
  ...OWNED,
};
const complete = z.strictObject(SHAPE);

export type Managed = z.output<typeof complete>;

/** The managed settings that can be applied, and what is wrong with the others: one of them must not cost the agents. */
export interface ReadManaged {
  readonly managed: Managed;
  /** One line for each problem. No line quotes a value. */
  readonly problems: readonly string[];
}

/** Leaves out what is not valid, setting by setting: GoCD and its users keep what they have there. */
export function readManaged(raw: unknown): ReadManaged {
  const { error, data } = complete.safeParse(raw);
  if (error === undefined) return { managed: data, problems: [] };
  const problems = error.issues.map((issue) => `${["managed", ...issue.path].join(": ")}: ${issue.message}`);
  const given = typeof raw === "object" && raw !== null ? raw : {};
  const bad = new Set(error.issues.map(({ path: [name] }) => name));
  const valid = Object.entries(given).filter(([name]) => Object.hasOwn(SHAPE, name) && !bad.has(name));
  return { managed: complete.parse(Object.fromEntries(valid)), problems };
}
