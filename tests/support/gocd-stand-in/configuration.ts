// The part of the configuration that can be read and written through APIs, as GoCD 26.1.0 does it. Read in gocd/gocd:
//   api/api-server-site-urls-config-v1, api/api-backup-config-v1, api/api-artifact-config-v1, api/api-environments-v3
//   config/config-api/…/domain/SiteUrl.java, …/config/PurgeSettings.java, …/config/BackupConfig.java
import { createHash } from "node:crypto";

import { Refusal } from "./agents";
import type { Body } from "./body";

export interface Environment {
  readonly name: string;
  readonly pipelines: string[];
  readonly environment_variables: { readonly secure: boolean; readonly name: string; readonly value: string }[];
}

export interface ConfigurationState {
  siteUrl: string;
  secureSiteUrl: string;
  artifactsDir: string;
  purgeStart: number | null;
  purgeUpto: number | null;
  /** null: no <backup> element. */
  backup: {
    readonly schedule: string | null;
    readonly postBackupScript: string | null;
    readonly emailOnSuccess: boolean;
    readonly emailOnFailure: boolean;
  } | null;
  environments: Environment[];
  /** Environments of configuration repositories: name to the agents that they list. */
  remoteEnvironments: Record<string, string[]>;
}

export const emptyConfiguration = (): ConfigurationState => ({
  siteUrl: "",
  secureSiteUrl: "",
  artifactsDir: "artifacts",
  purgeStart: null,
  purgeUpto: null,
  backup: null,
  environments: [],
  remoteEnvironments: {},
});

const ENVIRONMENT_NAME = /^[a-zA-Z0-9_-][a-zA-Z0-9_.-]*$/;
/** Six or seven fields, the shape of a Quartz expression; the real server parses it in full. */
const QUARTZ = /^\s*(\S+\s+){5}\S+(\s+\S+)?\s*$/;
const decimal = (n: number): string => (Number.isInteger(n) ? n.toFixed(1) : String(n));

export class Configuration {
  constructor(readonly state: ConfigurationState) {}

  siteUrls(): object {
    return { site_url: this.state.siteUrl, secure_site_url: this.state.secureSiteUrl };
  }

  updateSiteUrls(body: Body): void {
    const site = body.string("site_url") ?? "";
    const secure = body.string("secure_site_url") ?? "";
    if (!/^(https?:\/\/.+)?$/.test(site))
      throw new Refusal(422, `Invalid format for site url. '${site}' must start with http/s`);
    if (!/^(https:\/\/.+)?$/.test(secure))
      throw new Refusal(422, `Invalid format for secure site url. '${secure}' must start with https`);
    this.state.siteUrl = site;
    this.state.secureSiteUrl = secure;
  }

  backup(): object {
    const backup = this.state.backup;
    return {
      email_on_failure: backup?.emailOnFailure ?? false,
      email_on_success: backup?.emailOnSuccess ?? false,
      post_backup_script: backup?.postBackupScript ?? null,
      schedule: backup?.schedule ?? null,
    };
  }

  /** Replaces the whole element: what the body leaves out is gone. */
  updateBackup(body: Body): void {
    const schedule = body.string("schedule") ?? null;
    if (schedule !== null && schedule.trim() !== "" && !QUARTZ.test(schedule))
      throw new Refusal(422, `Invalid cron syntax for backup configuration at offset 0: ${schedule}`);
    this.state.backup = {
      schedule,
      postBackupScript: body.string("post_backup_script") ?? null,
      emailOnSuccess: body.boolean("email_on_success") ?? false,
      emailOnFailure: body.boolean("email_on_failure") ?? false,
    };
  }

  deleteBackup(): void {
    if (this.state.backup === null) throw new Refusal(404, "Backup config was not found!");
    this.state.backup = null;
  }

  artifacts(): object {
    const { artifactsDir, purgeStart, purgeUpto } = this.state;
    const purge =
      purgeStart === null || purgeUpto === null
        ? {}
        : { purge_settings: { purge_start_disk_space: purgeStart, purge_upto_disk_space: purgeUpto } };
    return { artifacts_dir: artifactsDir, ...purge };
  }

  artifactsTag(): string {
    return tagOf(this.artifacts());
  }

  updateArtifacts(body: Body, ifMatch: string | undefined): void {
    const purge = body.object("purge_settings");
    const start = purge?.number("purge_start_disk_space") ?? null;
    const upto = purge?.number("purge_upto_disk_space") ?? null;
    if (ifMatch !== this.artifactsTag())
      throw new Refusal(
        412,
        "Someone has modified the entity. Please update your copy with the changes and try again.",
      );
    const invalid = (why: string): Refusal =>
      new Refusal(422, `Validations failed for artifacts. Error(s): [${why}]. Please correct and resubmit.`);
    if (upto !== null && (start === null || start === 0))
      throw invalid("Error in artifact cleanup values. The trigger value has to be specified when a goal is set");
    if (upto !== null && start !== null && start > upto)
      throw invalid(
        `Error in artifact cleanup values. The trigger value (${decimal(start)}GB) should be less than the goal (${decimal(upto)}GB)`,
      );
    if (upto === null && start !== null) throw invalid("Error in artifact cleanup values. Please specify goal value");
    this.state.artifactsDir = body.string("artifacts_dir") ?? "artifacts";
    this.state.purgeStart = start;
    this.state.purgeUpto = upto;
  }

  /** Local ones and those of configuration repositories, by name. */
  environments(): Environment[] {
    const remote = Object.keys(this.state.remoteEnvironments)
      .filter((name) => this.localEnvironment(name) === undefined)
      .map((name) => ({ name, pipelines: [], environment_variables: [] }));
    return [...this.state.environments, ...remote].sort((a, b) =>
      a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
    );
  }

  environment(name: string): Environment {
    const found = this.environments().find((environment) => environment.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw new Refusal(404, `Environment name '${name}' was not found!`);
    return found;
  }

  createEnvironment(body: Body): Environment {
    const name = body.required("name");
    if (this.environments().some((other) => other.name.toLowerCase() === name.toLowerCase()))
      throw new Refusal(
        422,
        `Failed to add environment '${name}'. Another environment with the same name already exists.`,
      );
    if (!ENVIRONMENT_NAME.test(name) || name.length > 255)
      throw new Refusal(
        422,
        `Validations failed for environment '${name}'. Error(s): [Invalid environment name]. Please correct and resubmit.`,
      );
    const created = environmentFrom(name, body);
    this.state.environments.push(created);
    return created;
  }

  updateEnvironment(name: string, body: Body, ifMatch: string | undefined): Environment {
    const old = this.environment(name);
    const asked = body.required("name");
    if (asked.toLowerCase() !== name.toLowerCase())
      throw new Refusal(422, "Renaming of environment is not supported by this API.");
    if (ifMatch !== tagOf(old))
      throw new Refusal(
        412,
        `Someone has modified the configuration for environment '${name}'. Please update your copy of the config with the changes and try again.`,
      );
    return Object.assign(old, environmentFrom(old.name, body));
  }

  deleteEnvironment(name: string): void {
    const old = this.environment(name);
    this.state.environments = this.state.environments.filter((environment) => environment !== old);
  }

  localEnvironment(name: string): Environment | undefined {
    return this.state.environments.find((environment) => environment.name.toLowerCase() === name.toLowerCase());
  }

  associatedRemotely(uuid: string, environment: string): boolean {
    return this.state.remoteEnvironments[environment]?.includes(uuid) ?? false;
  }
}

/** The server hashes its own form of an entity; a client may only compare. */
export const tagOf = (entity: object): string => createHash("md5").update(JSON.stringify(entity)).digest("hex");

function environmentFrom(name: string, body: Body): Environment {
  const pipelines = (body.array("pipelines") ?? []).map((entry) => String((entry as { readonly name: unknown }).name));
  const variables = (body.array("environment_variables") ?? []) as Environment["environment_variables"];
  return { name, pipelines, environment_variables: variables };
}
