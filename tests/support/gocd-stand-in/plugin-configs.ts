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

export const LDAP = "cd.go.authentication.ldap";

/** Plugins that GoCD brings along, with the properties that they keep secret. */
export const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  "cd.go.authentication.passwordfile": [],
  [LDAP]: ["Password"],
  "yaml.config.plugin": [],
  "json.config.plugin": [],
  "cd.go.secrets.file-based-plugin": [],
};

/** In the form of AES with an initialization vector of its own each time, as GoCD shows it; here it hides nothing. */
export const encrypted = (value: string): string =>
  `AES:${randomBytes(16).toString("base64")}:${Buffer.from(value || "\0").toString("base64")}`;

const decrypted = (text: string): string => Buffer.from(text.split(":")[2] ?? "", "base64").toString();

/** What a plugin is given: every property with its value, the secret ones too. */
export const valuesOf = (config: PluginConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (config["properties"] as readonly Property[]).map(({ key, value, encrypted_value: hidden }) => [
      key,
      value ?? decrypted(hidden ?? ""),
    ]),
  );

/** A directory of people, as the plugin for LDAP asks it. */
export interface Directory {
  /** Why the plugin's search for somebody does not work; nothing when it does. */
  readonly problem: (properties: Readonly<Record<string, string>>) => Promise<string | undefined>;
  /** Whether the password is that of the one whom the search for a log-in finds. */
  readonly logIn: (properties: Readonly<Record<string, string>>, user: string, password: string) => Promise<boolean>;
}

/** The directory where a test only says which URLs answer. */
export const namedDirectories = (urls: ReadonlySet<string>): Directory => ({
  problem: ({ Url = "" }) =>
    Promise.resolve(
      urls.has(Url) ? undefined : "ERR_04110_CANNOT_CONNECT_TO_SERVER Cannot connect to the server: Connection refused",
    ),
  logIn: () => Promise.resolve(false),
});

/** Properties as the plugin's own description makes of them: what is secret is never shown again. */
export function propertiesOf(body: Body, pluginId: string, list: string): Property[] {
  const secret = BUNDLED[pluginId] ?? [];
  return ((body.array(list) ?? []) as Property[]).map(({ key, value = "" }) =>
    secret.includes(key) ? { key, encrypted_value: encrypted(value) } : { key, value },
  );
}

/** What a connection comes to, in the plugin's words; nothing when it works. */
export async function connectionProblem(config: PluginConfig, directory: Directory): Promise<string | undefined> {
  const values = valuesOf(config);
  switch (config.plugin_id) {
    case "cd.go.authentication.passwordfile": {
      const path = values["PasswordFilePath"] ?? "";
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? `No password file at path \`${path}\`.`
        : undefined;
    }
    case LDAP:
      return directory.problem(values);
    default:
      return `Unable to verify connection, missing plugin: ${config.plugin_id}`;
  }
}
