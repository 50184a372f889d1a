// The part of the configuration that can be read and written through APIs, as GoCD 26.1.0 does it. Read in gocd/gocd:
//   api/api-server-site-urls-config-v1, api/api-backup-config-v1, api/api-artifact-config-v1, api/api-environments-v3
//   config/config-api/…/domain/SiteUrl.java, …/config/PurgeSettings.java, …/config/BackupConfig.java
import type { Body } from "./body";
import { Environments, type EnvironmentsState } from "./environments";
import { Refusal } from "./http";
import { noPluginConfigs, type PluginConfigsState } from "./plugin-configs";
import { nobody, People, type PeopleState } from "./people";
import { refusedSchedule } from "./quartz";
import { tagOf } from "./tag";

export interface ConfigurationState extends EnvironmentsState, PeopleState, PluginConfigsState {
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
  ...nobody(),
  ...noPluginConfigs(),
});

const decimal = (n: number): string => (Number.isInteger(n) ? n.toFixed(1) : String(n));

export class Configuration {
  readonly environments: Environments;
  readonly people: People;

  constructor(readonly state: ConfigurationState) {
    this.environments = new Environments(state);
    this.people = new People(state);
  }

  siteUrls(): object {
    return { site_url: this.state.siteUrl, secure_site_url: this.state.secureSiteUrl };
  }

  /** What is not named is taken away. A refusal shows what was asked for in the form of `shown`. */
  updateSiteUrls(body: Body, shown: object): void {
    const site = body.string("site_url") ?? "";
    const secure = body.string("secure_site_url") ?? "";
    const errors = {
      ...(!/^(https?:\/\/.+)?$/.test(site) && {
        site_url: [`Invalid format for site url. '${site}' must start with http/s`],
      }),
      ...(!/^(https:\/\/.+)?$/.test(secure) && {
        secure_site_url: [`Invalid format for secure site url. '${secure}' must start with https`],
      }),
    };
    if (Object.keys(errors).length > 0)
      throw new Refusal(422, "Validation failed.", { ...shown, site_url: site, secure_site_url: secure, errors });
    this.state.siteUrl = site;
    this.state.secureSiteUrl = secure;
  }

  backup(): object {
    return backupFields(this.state.backup);
  }

  /** Replaces the whole element: what the body leaves out is gone. */
  updateBackup(body: Body): void {
    const backup = {
      schedule: body.string("schedule") ?? null,
      postBackupScript: body.string("post_backup_script") ?? null,
      emailOnSuccess: body.boolean("email_on_success") ?? false,
      emailOnFailure: body.boolean("email_on_failure") ?? false,
    };
    const refused = refusedSchedule(backup.schedule ?? "");
    if (refused !== undefined)
      throw new Refusal(422, "Validation failed.", {
        data: { ...backupFields(backup), errors: { schedule: [refused] } },
      });
    this.state.backup = backup;
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
    const why = wrongLimits(start, upto);
    if (why !== undefined) throw refusedLimits(why, body.string("artifacts_dir") ?? "artifacts", start, upto);
    this.state.artifactsDir = body.string("artifacts_dir") ?? "artifacts";
    this.state.purgeStart = start;
    this.state.purgeUpto = upto;
  }
}

const backupFields = (backup: ConfigurationState["backup"]): object => ({
  email_on_failure: backup?.emailOnFailure ?? false,
  email_on_success: backup?.emailOnSuccess ?? false,
  post_backup_script: backup?.postBackupScript ?? null,
  schedule: backup?.schedule ?? null,
});

function wrongLimits(start: number | null, upto: number | null): string | undefined {
  if (upto !== null && (start === null || start === 0))
    return "Error in artifact cleanup values. The trigger value has to be specified when a goal is set";
  if (upto !== null && start !== null && start > upto)
    return `Error in artifact cleanup values. The trigger value (${decimal(start)}GB) should be less than the goal (${decimal(upto)}GB)`;
  return upto === null && start !== null ? "Error in artifact cleanup values. Please specify goal value" : undefined;
}

/** Limits are shown only where there are both. */
function refusedLimits(why: string, directory: string, start: number | null, upto: number | null): Refusal {
  const limits = { purge_start_disk_space: start, purge_upto_disk_space: upto };
  const settings =
    start === null || upto === null ? {} : { purge_settings: { ...limits, errors: { purge_start_disk_space: [why] } } };
  return new Refusal(422, `Validations failed for artifacts. Error(s): [${why}]. Please correct and resubmit.`, {
    data: { artifacts_dir: directory, ...settings },
  });
}
