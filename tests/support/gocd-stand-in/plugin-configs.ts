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

/** What a plugin can be told. */
interface PluginProperty {
  readonly key: string;
  readonly required?: true;
  /** Never shown again. */
  readonly secure?: true;
}

interface Plugin {
  readonly name: string;
  readonly extension: "authorization" | "configrepo" | "secrets";
  readonly properties: readonly PluginProperty[];
  /** Where it was put on the server's disk by hand. */
  readonly external?: true;
}

/** The log-in by GitHub, which GoCD does not bring along (gocd-contrib/github-oauth-authorization-plugin, 4.1.0). */
const GITHUB = "cd.go.authorization.github";

/** Plugins that the server has, with the properties that each tells of. */
export const PLUGINS: Readonly<Record<string, Plugin>> = {
  "cd.go.authentication.passwordfile": {
    name: "Password File Authentication Plugin for GoCD",
    extension: "authorization",
    properties: [{ key: "PasswordFilePath", required: true }],
  },
  [LDAP]: {
    name: "LDAP Authentication Plugin for GoCD",
    extension: "authorization",
    properties: [
      { key: "Url", required: true },
      { key: "SearchBases", required: true },
      { key: "ManagerDN" },
      { key: "Password", secure: true },
      { key: "UserSearchFilter" },
      { key: "UserLoginFilter", required: true },
      { key: "DisplayNameAttribute" },
      { key: "EmailAttribute" },
      { key: "SearchTimeout" },
    ],
  },
  [GITHUB]: {
    name: "GitHub OAuth authorization plugin",
    extension: "authorization",
    properties: [
      { key: "ClientId", required: true, secure: true },
      { key: "ClientSecret", required: true, secure: true },
      { key: "AuthenticateWith" },
      { key: "GitHubEnterpriseUrl" },
      { key: "AllowedOrganizations" },
      { key: "PersonalAccessToken", required: true, secure: true },
    ],
    external: true,
  },
  "yaml.config.plugin": { name: "YAML Configuration Plugin", extension: "configrepo", properties: [] },
  "json.config.plugin": { name: "JSON Configuration Plugin", extension: "configrepo", properties: [] },
  "cd.go.secrets.file-based-plugin": {
    name: "File based secrets plugin",
    extension: "secrets",
    properties: [{ key: "SecretsFilePath", required: true }],
  },
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
  const secret =
    PLUGINS[pluginId]?.properties.filter(({ secure }) => secure === true).map(({ key: name }) => name) ?? [];
  return ((body.array(list) ?? []) as Property[]).map(({ key, value = "" }) =>
    secret.includes(key) ? { key, encrypted_value: encrypted(value) } : { key, value },
  );
}

interface Problem {
  readonly status: "failure" | "validation-failed";
  readonly message: string;
  /** In place of the properties that are not there. */
  readonly blank?: readonly object[];
}
const failure = (message: string): Problem => ({ status: "failure", message });

/** What a connection comes to, in the plugin's words, and of which properties it speaks; nothing when it works. */
export async function connectionProblem(config: PluginConfig, directory: Directory): Promise<Problem | undefined> {
  const values = valuesOf(config);
  switch (config.plugin_id) {
    case "cd.go.authentication.passwordfile": {
      const path = values["PasswordFilePath"] ?? "";
      return statSync(path, { throwIfNoEntry: false }) === undefined
        ? failure(`No password file at path \`${path}\`.`)
        : undefined;
    }
    case LDAP: {
      const message = await directory.problem(values);
      return message === undefined ? undefined : failure(message);
    }
    case GITHUB: {
      const missing =
        PLUGINS[GITHUB]?.properties.filter(({ key, required }) => required === true && !values[key]) ?? [];
      if (missing.length === 0) return undefined;
      const blank = missing.map(({ key }) => ({ key, errors: { [key]: [`${key} must not be blank.`] } }));
      return { status: "validation-failed", message: "Validation failed for the given Auth Config", blank };
    }
    default:
      return failure(`Unable to verify connection, missing plugin: ${config.plugin_id}`);
  }
}
