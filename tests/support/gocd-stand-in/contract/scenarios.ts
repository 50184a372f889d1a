// The whole contract.
import type { Scenario } from "./format";
import { ACCESS } from "./lines/access";
import { AGENT_CHANGES } from "./lines/agent-changes";
import { AGENT_REPORTS } from "./lines/agent-reports";
import { ARTIFACT_LIMITS } from "./lines/artifact-limits";
import { AUTO_REGISTRATION } from "./lines/auto-registration";
import { BACKUP_SETTINGS } from "./lines/backup-settings";
import { BACKUPS } from "./lines/backups";
import { ENVIRONMENT_CHANGES } from "./lines/environment-changes";
import { ENVIRONMENT_TAGS } from "./lines/environment-tags";
import { ENVIRONMENTS } from "./lines/environments";
import { MAINTENANCE_SWITCH } from "./lines/maintenance";
import { PAGES } from "./lines/pages";
import { PLUGIN_CONFIGS } from "./lines/plugin-configs";
import { PLUGIN_INFO } from "./lines/plugin-info";
import { REGISTRATION } from "./lines/registration";
import { REMOTING } from "./lines/remoting";
import { ROLES_AND_ADMINISTRATORS } from "./lines/roles";
import { SCHEDULES } from "./lines/schedules";
import { SESSIONS } from "./lines/sessions";
import { SITE_URLS } from "./lines/site-urls";
import { TOKENS } from "./lines/tokens";
import { UNAVAILABLE } from "./lines/unavailable";
import { UNKNOWN_AGENTS } from "./lines/unknown-agents";
import { USERS_OF_GOCD } from "./lines/users";
import { VIEWERS } from "./lines/viewers";
import { WEBHOOKS } from "./lines/webhooks";

export const SCENARIOS: readonly Scenario[] = [
  ...ACCESS,
  ...PAGES,
  ...WEBHOOKS,
  ...SESSIONS,
  ...TOKENS,
  ...REGISTRATION,
  ...AUTO_REGISTRATION,
  ...REMOTING,
  ...AGENT_REPORTS,
  ...UNKNOWN_AGENTS,
  ...AGENT_CHANGES,
  ...ENVIRONMENTS,
  ...ENVIRONMENT_TAGS,
  ...ENVIRONMENT_CHANGES,
  ...SITE_URLS,
  ...BACKUP_SETTINGS,
  ...SCHEDULES,
  ...ARTIFACT_LIMITS,
  ...USERS_OF_GOCD,
  ...ROLES_AND_ADMINISTRATORS,
  ...PLUGIN_CONFIGS,
  ...PLUGIN_INFO,
  ...VIEWERS,
  ...MAINTENANCE_SWITCH,
  ...BACKUPS,
  ...UNAVAILABLE,
];
