import { z } from "zod";

import { GocdError, type Gocd } from "./gocd";
import type { Managed } from "./managed";

const siteUrls = z.object({ site_url: z.string(), secure_site_url: z.string() });
const backup = z.object({
  schedule: z.string().nullish(),
  post_backup_script: z.string().nullish(),
  email_on_success: z.boolean(),
  email_on_failure: z.boolean(),
});
const artifacts = z.object({
  artifacts_dir: z.string(),
  purge_settings: z.object({ purge_start_disk_space: z.number(), purge_upto_disk_space: z.number() }).optional(),
});
const environments = z.object({ _embedded: z.object({ environments: z.array(z.object({ name: z.string() })) }) });
const anything = z.object({});

/** One managed setting: brings it in line and tells what it changed, or nothing when all was well. */
export interface Setting {
  readonly name: string;
  readonly apply: (gocd: Gocd, managed: Managed) => Promise<string | undefined>;
}

export const SETTINGS: readonly Setting[] = [
  { name: "environments", apply: applyEnvironments },
  { name: "site URLs", apply: applySiteUrls },
  { name: "backup", apply: applyBackup },
  { name: "artifacts", apply: applyArtifacts },
];

async function applyEnvironments(gocd: Gocd, managed: Managed): Promise<string | undefined> {
  if (managed.environments.length === 0) return undefined;
  const at = { path: "/api/admin/environments", version: 3 };
  const { value } = await gocd.call({ ...at, method: "GET", answer: environments });
  // Names of environments are the same in either case.
  const present = new Set(value._embedded.environments.map(({ name }) => name.toLowerCase()));
  const missing = managed.environments.filter((name) => !present.has(name.toLowerCase()));
  for (const name of missing) await gocd.call({ ...at, method: "POST", answer: anything, body: { name } });
  return missing.length === 0 ? undefined : `added ${missing.join(", ")}`;
}

async function applySiteUrls(gocd: Gocd, managed: Managed): Promise<string | undefined> {
  const { siteUrl, secureSiteUrl } = managed;
  if (siteUrl === undefined && secureSiteUrl === undefined) return undefined;
  const at = { path: "/api/admin/config/server/site_urls", version: 1, answer: siteUrls };
  const { value } = await gocd.call({ ...at, method: "GET" });
  // The update takes both; the one that is not managed goes back as it came.
  const body = { site_url: siteUrl ?? value.site_url, secure_site_url: secureSiteUrl ?? value.secure_site_url };
  if (body.site_url === value.site_url && body.secure_site_url === value.secure_site_url) return undefined;
  await gocd.call({ ...at, method: "PUT", body });
  return `set to ${body.site_url || "none"}, secure ${body.secure_site_url || "none"}`;
}

async function applyBackup(gocd: Gocd, managed: Managed): Promise<string | undefined> {
  if (managed.backup === undefined) return undefined;
  const at = { path: "/api/config/backup", version: 1, answer: backup };
  const { value } = await gocd.call({ ...at, method: "GET" });
  const { schedule, postBackupScript: script } = managed.backup;
  if (schedule === value.schedule && script === value.post_backup_script) return undefined;
  const body = {
    schedule,
    post_backup_script: script,
    email_on_success: value.email_on_success,
    email_on_failure: value.email_on_failure,
  };
  await gocd.call({ ...at, method: "PUT", body });
  return `schedule ${schedule}, script ${script}`;
}

async function applyArtifacts(gocd: Gocd, managed: Managed): Promise<string | undefined> {
  if (managed.artifacts === undefined) return undefined;
  const { purgeStartGib: start, purgeUptoGib: upto } = managed.artifacts;
  const at = { path: "/api/admin/config/server/artifact_config", version: 1, answer: artifacts };
  const { value, tag } = await gocd.call({ ...at, method: "GET" });
  const purge = value.purge_settings;
  if (purge?.purge_start_disk_space === start && purge.purge_upto_disk_space === upto) return undefined;
  if (tag === undefined) throw new GocdError("unreadable", `GET ${at.path}: GoCD's answer has no ETag`);
  const purgeSettings = { purge_start_disk_space: start, purge_upto_disk_space: upto };
  const body = { artifacts_dir: value.artifacts_dir, purge_settings: purgeSettings };
  await gocd.call({ ...at, method: "PUT", ifMatch: tag, body });
  return `purged below ${start} GiB up to ${upto} GiB`;
}
