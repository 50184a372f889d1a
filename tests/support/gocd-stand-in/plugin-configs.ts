// Configurations that plugins read: log-ins, repositories with pipelines, secret managers. Read in gocd/gocd at tag 26.1.0:
//   api/api-security-auth-config-v2, api/api-config-repos-v4, api/api-secret-configs-v3
//   tw-go-plugins/build.gradle (what is in GoCD), and the bundled plugins' own validation
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import type { Body } from "./body";

export interface Property {
  readonly key: string;
  readonly value?: string;
  readonly encrypted_value?: string;
}

/** One of them, as the API shows it without links. */
export interface PluginConfig {
  readonly id: string;
  readonly plugin_id: string;
  readonly [field: string]: unknown;
}

export interface PluginConfigsState {
  authConfigs: PluginConfig[];
  configRepos: PluginConfig[];
  secretConfigs: PluginConfig[];
}

export const noPluginConfigs = (): PluginConfigsState => ({ authConfigs: [], configRepos: [], secretConfigs: [] });

/** Plugins that GoCD brings along, with the properties that they keep secret. */
export const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  "cd.go.authentication.passwordfile": [],
  "cd.go.authentication.ldap": ["Password"],
  "yaml.config.plugin": [],
  "json.config.plugin": [],
  "cd.go.secrets.file-based-plugin": [],
};

/** AES with an initialization vector of its own each time, as GoCD shows it; here it hides nothing but the text. */
export const encrypted = (): string =>
  `AES:${randomBytes(16).toString("base64")}:${randomBytes(16).toString("base64")}`;

/** Properties as the plugin's own description makes of them: what is secret is never shown again. */
export function propertiesOf(body: Body, pluginId: string, list: string): Property[] {
  const secret = BUNDLED[pluginId] ?? [];
  return ((body.array(list) ?? []) as Property[]).map(({ key, value = "" }) =>
    secret.includes(key) ? { key, encrypted_value: encrypted() } : { key, value },
  );
}

/** What a connection comes to, in the plugin's words; nothing when it works. */
export function connectionProblem(config: PluginConfig, directories: ReadonlySet<string>): string | undefined {
  const value = (key: string): string =>
    (config["properties"] as readonly Property[]).find((property) => property.key === key)?.value ?? "";
  switch (config.plugin_id) {
    case "cd.go.authentication.passwordfile": {
      const path = value("PasswordFilePath");
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? `No password file at path \`${path}\`.`
        : undefined;
    }
    case "cd.go.authentication.ldap":
      return directories.has(value("Url"))
        ? undefined
        : "ERR_04110_CANNOT_CONNECT_TO_SERVER Cannot connect to the server: Connection refused";
    default:
      return `Unable to verify connection, missing plugin: ${config.plugin_id}`;
  }
}
