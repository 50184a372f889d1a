import type { z } from "zod";
import type { Problem } from "./problems";
import { join } from "./validate";
import {
  choice,
  flag,
  gocdName,
  list,
  mapOf,
  mapWith,
  properties as texts,
  text,
  url,
  type ReadonlyDeep,
} from "./values";

/** In GoCD's own jar (tw-go-plugins/build.gradle of 26.1.0). */
const BUNDLED = [
  "cd.go.authentication.ldap",
  "cd.go.authentication.passwordfile",
  "cd.go.secrets.file-based-plugin",
  "json.config.plugin",
  "yaml.config.plugin",
];

/** Words for the plugins that read pipelines. */
const CONFIG_PLUGINS = {
  yaml: "yaml.config.plugin",
  json: "json.config.plugin",
  groovy: "cd.go.contrib.plugins.configrepo.groovy",
} as const;

/** The log-in by password that the program makes itself (components/server/cruise-config.ts). */
const OWN_LOGIN = "passwords";

/** Log-ins that the whole internet has an account for, with the property that narrows them. */
const PUBLIC = {
  "cd.go.authorization.google": "AllowedDomains",
  "cd.go.authorization.github": "AllowedOrganizations",
} as const;

/** Plugins of GoCD's list that let somebody in without a log-in: as a guest, or as whom a header names that anybody can send. */
export const WITHOUT_LOGIN = ["cd.go.contrib.authorization.guest", "tls-auth"];

const pluginId = (example: string) => text(`the id of a GoCD plugin, such as ${example}`, /^\w[\w.-]{0,254}$/);
const properties = texts.describe("what the plugin is told; what is secret stands in gocd:serverSecrets");

export const authorization = mapOf(
  gocdName.refine((name) => name !== OWN_LOGIN, {
    error: `another name than ${OWN_LOGIN}, by which admin gets in whatever else fails`,
  }),
  mapWith({
    plugin: pluginId("cd.go.authentication.ldap")
      .refine((id) => !WITHOUT_LOGIN.includes(id), {
        error: "a plugin that asks for a log-in, which this one does not",
      })
      .describe("plugin that logs people in; cd.go.authentication.ldap is in GoCD, others go into gocd:server.plugins"),
    onlyKnownUsers: flag
      .default(false)
      .describe("whether only users that GoCD knows may log in: those of gocd:server.users, and those made by hand"),
    properties,
  }),
  "a map of log-ins by a name of your own",
)
  .default({})
  .describe(
    "further ways to log in, such as a directory; checked by GoCD before it uses them, beside the log-in of admin",
  );

const rule = mapWith({
  directive: choice("allow", "deny").describe("the first one that fits counts"),
  action: choice("refer", "*").default("refer").describe("GoCD knows one"),
  type: choice(
    "pipeline_group",
    "pipeline",
    "environment",
    "pluggable_scm",
    "package_repository",
    "cluster_profile",
    "*",
  )
    .default("pipeline_group")
    .describe("kind of thing that it is about"),
  resource: text("a name, in which * stands for anything", /^\S+$/).describe("name of the things, such as team-*"),
});
const rules = list(rule, "a list of maps with directive, type, resource");

export const configRepos = mapOf(
  gocdName,
  mapWith({
    plugin: pluginId("yaml, json or groovy")
      .transform((id) => (CONFIG_PLUGINS as Readonly<Record<string, string>>)[id] ?? id)
      .describe("what reads it: yaml or json, which are in GoCD, groovy, or the id of another plugin"),
    url: url.describe("Git repository"),
    branch: text("the name of a branch", /^\w[\w./-]*$/)
      .default("main")
      .describe("branch"),
    username: text("a user name", /^\S+$/)
      .optional()
      .describe("who reads it; the password is gocd:serverSecrets.configRepos.NAME"),
    properties,
    rules: rules
      .min(1, { error: "at least one: without any the repository may define nothing" })
      .describe("which groups of pipelines, and environments, it may define"),
  }),
  "a map of repositories by a name of your own",
)
  .default({})
  .describe("repositories with pipelines as code; one that is taken away here takes its pipelines with it");

export const secretConfigs = mapOf(
  gocdName,
  mapWith({
    plugin: pluginId("cd.go.secrets.file-based-plugin").describe(
      "plugin that looks secrets up; cd.go.secrets.file-based-plugin is in GoCD, others go into gocd:server.plugins",
    ),
    properties,
    rules: rules.default([]).describe("which groups of pipelines, and other things, may use it; without any, none"),
  }),
  "a map of secret managers by a name of your own",
)
  .default({})
  .describe("secret managers that pipelines refer to: {{SECRET:[NAME][KEY]}}");

interface Plugins {
  /** Jars, by the plugin's name. */
  readonly plugins: Readonly<Record<string, unknown>>;
  readonly authorization: ReadonlyDeep<z.output<typeof authorization>>;
  readonly configRepos: ReadonlyDeep<z.output<typeof configRepos>>;
  readonly secretConfigs: ReadonlyDeep<z.output<typeof secretConfigs>>;
}

/** Plugins without a jar, and log-ins for everybody. */
export function pluginProblems(server: Plugins): Problem[] {
  return [...jarProblems(server), ...publicProblems(server)];
}

/** Nobody asks in so many words that everybody may log in. A GitHub of one's own is another matter. */
function publicProblems({ authorization }: Plugins): Problem[] {
  return Object.entries(authorization).flatMap(([name, { plugin, onlyKnownUsers, properties }]) => {
    const narrowing = PUBLIC[plugin as keyof typeof PUBLIC] as string | undefined;
    if (narrowing === undefined || onlyKnownUsers || properties["AuthenticateWith"] === "GitHubEnterprise") return [];
    if (/\w/.test(properties[narrowing] ?? "")) return [];
    const wanted = `true, or ${narrowing} among its properties: everybody has an account there`;
    return [{ key: join("gocd:server.authorization", [name, "onlyKnownUsers"]), found: "false", wanted }];
  });
}

/** A plugin that is not in GoCD comes from somewhere. */
function jarProblems(server: Plugins): Problem[] {
  if (Object.keys(server.plugins).length > 0) return [];
  const { authorization, configRepos, secretConfigs } = server;
  const parts: Readonly<Record<string, Readonly<Record<string, { readonly plugin: string }>>>> = {
    authorization,
    configRepos,
    secretConfigs,
  };
  return Object.entries(parts).flatMap(([part, named]) =>
    Object.entries(named)
      .filter(([, { plugin }]) => !BUNDLED.includes(plugin))
      .map(([name, { plugin }]) => ({
        key: join(`gocd:server.${part}`, [name, "plugin"]),
        found: plugin,
        wanted: "a plugin that is in GoCD, or its jar in gocd:server.plugins",
      })),
  );
}
