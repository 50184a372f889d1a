import { z } from "zod";
import { CPU_PATTERN, DURATION_PATTERN, SIZE_PATTERN } from "../kubernetes/quantities";

/** Every level read-only, so that nobody settles a question twice. */
export type ReadonlyDeep<T> = T extends readonly (infer E)[]
  ? readonly ReadonlyDeep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
    : T;

// The kinds of values that settings are made of. Each message says what is wanted; what was found is added where problems are
// reported (validate.ts).

/** Text of a form. */
export const text = (wanted: string, pattern: RegExp) => z.string({ error: wanted }).regex(pattern, { error: wanted });
/** A whole number within bounds. */
export const whole = (wanted: string, least: number, most: number) =>
  z.int({ error: wanted }).min(least, { error: wanted }).max(most, { error: wanted });
/** One of a few words. */
export const choice = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });
/** What a map that is none is told; its own keys speak for themselves. */
const map = (wanted: string) => ({
  error: (issue: { readonly code?: string | undefined }) => (issue.code === "invalid_type" ? wanted : undefined),
});
/** A map of names of one's own. */
export const mapOf = <K extends z.ZodType<string, string>, T extends z.ZodType>(names: K, values: T, wanted: string) =>
  z.record(names, values, map(wanted));
/** A map with these keys and no others. */
export const mapWith = <T extends z.ZodRawShape>(keys: T, wanted = `a map with ${Object.keys(keys).join(", ")}`) =>
  z.strictObject(keys, map(wanted));
export const list = <T extends z.ZodType>(items: T, wanted: string) => z.array(items, { error: wanted });
export const flag = z.boolean({ error: "true or false" });

export const size = text("a size such as 30Gi (whole number and Ki, Mi, Gi or Ti)", SIZE_PATTERN);
export const cpu = z
  .union([z.number(), z.string()], { error: "a CPU quantity such as 500m, 0.5 or 2" })
  .transform(String)
  .refine((value) => CPU_PATTERN.test(value) && Number.parseFloat(value) > 0, {
    error: "a CPU quantity above 0 such as 500m, 0.5 or 2",
  });
export const duration = text("a duration such as 90s, 30m or 1h", DURATION_PATTERN);
export const cidr = text("an IPv4 range such as 10.10.0.0/20", /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/);
const web = (wanted: string, pattern: RegExp) =>
  text(wanted, pattern).refine((value) => URL.canParse(value), { error: wanted });
export const url = web(
  "a URL that starts with http:// or https://",
  /^https?:\/\/[\w.-]+(:\d{1,5})?(\/[\w.~:@!$&()*+,;=%-]*)*$/,
);
/** Scheme, host and port. */
export const origin = web(
  "a URL that starts with http:// or https:// and has no path",
  /^https?:\/\/[\w.-]+(:\d{1,5})?\/?$/,
);
/** What a plugin of GoCD is told, by its own names. */
export const properties = mapOf(
  z.string(),
  z.string({ error: "text" }).describe("a property by the plugin's own name"),
  "a map of texts",
).default({});
/** Types of disks that nodes boot from. */
export const bootDiskType = choice("pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced")
  .optional()
  .describe("type of the boot disk; GKE's default for the machine if absent");
export const zone = text("a Compute Engine zone such as us-central1-a", /^[a-z]+-[a-z]+\d+-[a-z]$/);
export const machineType = text(
  "a Compute Engine machine type such as e2-standard-4",
  /^[a-z][a-z0-9]*-[a-z0-9]+(-[a-z0-9]+)*$/,
);
export const digest = text(
  "an image by digest: registry/repository@sha256: and 64 hex digits",
  /^[a-z0-9][\w.:/-]*@sha256:[0-9a-f]{64}$/,
);
/** Hosts whose images are in an Artifact Registry repository of the project. */
export const GOOGLE_REGISTRIES: readonly string[] = ["gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io"];
/**
 * Such a host alone, or another with a path that may be absent. A first part without dot or port is no host to Docker; on
 * docker.io images belong to an account.
 */
export const registry = text(
  `one of ${GOOGLE_REGISTRIES.join(", ")}, or another registry with its path, such as registry.example.com/team`,
  /^((us\.|eu\.|asia\.)?gcr\.io|(?!([a-z0-9-]+\.)*gcr\.io(\/|$)|docker\.io$)(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:))(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*)$/,
);
/** GoCD's rule for names (`NameTypeValidator`), which also leaves out blanks and pipes, with which housekeeping separates names. */
export const gocdName = text(
  "a GoCD name: letters, digits, dots, dashes and underscores, at most 255",
  /^\w[\w.-]{0,254}$/,
);

/** Kubernetes' rule for the keys of labels and taints, such as `cloud.google.com/gke-nodepool` (`IsQualifiedName`). */
export const labelKey = text(
  "a label's or taint's key such as cloud.google.com/gke-nodepool",
  /^(?=[^/]{1,253}\/|[^/]+$)([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
);
/** Their rule for values (`IsValidLabelValue`). YAML's true and 1 are no text, and 1.30 as a number would become 1.3. */
export const labelValue = text(
  'at most 63 letters, digits, dots, dashes and underscores, in quotes where it looks like something else: "true"',
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
);

/** A snapshot's name, or its path with the project; or the word that stands for none (components/disks/component.ts). */
export const snapshot = text(
  "a snapshot: its name, or projects/PROJECT/global/snapshots/NAME; or empty, for a disk with nothing on it",
  /^(projects\/[a-z0-9:.-]+\/global\/snapshots\/)?[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
);
