import XMLBuilder from "fast-xml-builder";
import { gibibytes } from "../../kubernetes/quantities";

/** The version of GoCD's configuration schema that 26.1.0 writes; older ones are migrated, newer ones refused. */
const SCHEMA_VERSION = 139;

/** GiB free on the artifacts' disk: old artifacts go when less than `start` are, until `upto` are. */
export interface Purge {
  readonly start: number;
  readonly upto: number;
}

/** When to purge a disk of a size such as `100Gi`: from a tenth left, until a fifth is free. */
export function purgeOf(artifacts: string): Purge {
  const size = gibibytes(artifacts);
  return { start: Math.max(1, Math.floor(size / 10)), upto: Math.max(2, Math.floor(size / 5)) };
}

/** Settings that follow the stack file: seeded before the first start, and kept by housekeeping afterwards. */
export interface Managed {
  readonly siteUrl: string;
  /** Quartz schedule of GoCD's own backup, in UTC. */
  readonly backupSchedule: string;
  /** Path of a program in the server's image that GoCD runs after a backup. */
  readonly postBackupScript: string;
  readonly purge: Purge;
  readonly environments: readonly string[];
}

/** What GoCD's first configuration says; afterwards the file is GoCD's own. */
export interface CruiseConfig extends Managed {
  readonly serverId: string;
  readonly tokenGenerationKey: string;
  readonly webhookSecret: string;
  readonly autoRegisterKey: string;
  /** File of users and bcrypt hashes, read again at each log-in. */
  readonly passwordFile: string;
  /** Users with every right. */
  readonly admins: readonly string[];
}

const XML = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  format: true,
  suppressEmptyNode: true,
});

/** `cruise-config.xml` for the first boot. Every value is escaped by the XML builder. */
export function cruiseConfig(config: CruiseConfig): string {
  return XML.build({
    "?xml": { "@version": "1.0", "@encoding": "utf-8" },
    cruise: {
      "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "@xsi:noNamespaceSchemaLocation": "cruise-config.xsd",
      "@schemaVersion": SCHEMA_VERSION,
      server: {
        "@agentAutoRegisterKey": config.autoRegisterKey,
        "@serverId": config.serverId,
        "@tokenGenerationKey": config.tokenGenerationKey,
        "@webhookSecret": config.webhookSecret,
        security: {
          authConfigs: {
            authConfig: {
              "@id": "passwords",
              "@pluginId": "cd.go.authentication.passwordfile",
              property: { key: "PasswordFilePath", value: config.passwordFile },
            },
          },
          admins: { user: config.admins },
        },
        backup: {
          "@schedule": config.backupSchedule,
          "@postBackupScript": config.postBackupScript,
        },
        siteUrls: {
          siteUrl: config.siteUrl,
          ...(config.siteUrl.startsWith("https:") && { secureSiteUrl: config.siteUrl }),
        },
        artifacts: {
          artifactsDir: "artifacts",
          purgeSettings: { purgeStartDiskSpace: config.purge.start, purgeUptoDiskSpace: config.purge.upto },
        },
      },
      ...(config.environments.length > 0 && {
        environments: { environment: config.environments.map((name) => ({ "@name": name })) },
      }),
    },
  });
}
