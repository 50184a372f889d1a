// What is asked about configurations that plugins read. Read in gocd/gocd at tag 26.1.0:
//   api/api-security-auth-config-v2, api/api-config-repos-v4, api/api-secret-configs-v3
import { Body } from "./body";
import { docs, ok, Refusal, unquoted, type Answer, type Ask, type Route } from "./http";
import {
  connectionProblem,
  encrypted,
  PLUGINS,
  propertiesOf,
  type PluginConfig,
  type PluginConfigsState,
} from "./plugin-configs";
import type { GocdStandIn } from "./stand-in";
import { tagOf } from "./tag";

/** How one of the three APIs differs from the others. */
interface Api {
  readonly list: keyof PluginConfigsState;
  readonly path: string;
  readonly version: number;
  readonly doc: string;
  /** The parameter in the link that finds one. */
  readonly parameter: string;
  /** Whether the content type is looked at. */
  readonly json: boolean;
  /** As the API calls it in a refusal to find, to make a second one, to take a form, and to overwrite. */
  readonly missing: (id: string) => string;
  readonly twice: string;
  readonly twiceError: (id: string) => string;
  readonly invalid: (id: string) => string;
  readonly stale: (id: string) => string;
  readonly deleted: (id: string) => string;
  readonly noPlugin: (id: string) => string;
  readonly read: (body: Body) => PluginConfig;
}

const STALE = "Someone has modified the entity. Please update your copy with the changes and try again.";
const idOf = (body: Body): string => body.string("id") ?? "";

const AUTH_CONFIGS: Api = {
  list: "authConfigs",
  path: "/api/admin/security/auth_configs",
  version: 2,
  doc: "#auth_configs",
  parameter: ":id",
  json: false,
  missing: (id) => `Security auth config with id '${id}' was not found!`,
  twice: "security auth config",
  twiceError: (id) => `Security auth config with id '${id}' already exists!`,
  invalid: (id) => `authConfig '${id}'`,
  stale: (id) =>
    `Someone has modified the configuration for security auth config '${id}'. Please update your copy of the config with the changes and try again.`,
  deleted: (id) => `Security auth config with id '${id}' was deleted successfully!`,
  noPlugin: (id) => `Plugin with id \`${id}\` is not found.`,
  read: (body) => ({
    id: idOf(body),
    plugin_id: body.required("plugin_id"),
    allow_only_known_users_to_login: body.boolean("allow_only_known_users_to_login") ?? false,
    properties: propertiesOf(body, body.required("plugin_id"), "properties"),
  }),
};

const CONFIG_REPOS: Api = {
  list: "configRepos",
  path: "/api/admin/config_repos",
  version: 4,
  doc: "#config-repos",
  parameter: ":id",
  json: true,
  missing: (id) => `Config repo with id '${id}' was not found!`,
  twice: "config-repo",
  twiceError: () => "ConfigRepo ids should be unique. A ConfigRepo with the same id already exists.",
  invalid: (id) => `config-repo '${id}'`,
  stale: () => STALE,
  deleted: (id) => `Config repo with id '${id}' was deleted successfully!`,
  noPlugin: (id) => `Invalid plugin id: ${id}`,
  read: (body) => {
    const material = body.object("material");
    const git = material?.object("attributes");
    const username = git?.string("username");
    return {
      id: idOf(body),
      plugin_id: body.string("plugin_id") ?? "",
      material: {
        type: material?.string("type"),
        attributes: {
          name: null,
          auto_update: git?.boolean("auto_update") ?? true,
          url: git?.string("url"),
          ...(username !== undefined && { username }),
          ...(git?.has("password") === true && { encrypted_password: encrypted(git.string("password") ?? "") }),
          branch: git?.string("branch") ?? "master",
        },
      },
      configuration: propertiesOf(body, "", "configuration"),
      rules: body.array("rules") ?? [],
    };
  },
};

const SECRET_CONFIGS: Api = {
  list: "secretConfigs",
  path: "/api/admin/secret_configs",
  version: 3,
  doc: "#secret-configs",
  parameter: ":config_id",
  json: false,
  missing: (id) => `Secret config with id '${id}' was not found!`,
  twice: "secretConfig",
  twiceError: (id) => `Secret Configuration ids should be unique. Secret Configuration with id '${id}' already exists.`,
  invalid: (id) => `secretConfig '${id}'`,
  stale: () => STALE,
  deleted: (id) => `Secret config with id '${id}' was deleted successfully!`,
  noPlugin: (id) =>
    `No reference found for the given Service Reference: com.thoughtworks.go.plugin.api.GoPlugin and Plugin Id ${id}. It is likely that the plugin is missing.`,
  read: (body) => {
    const rules = body.array("rules") ?? [];
    return {
      id: body.required("id"),
      plugin_id: body.required("plugin_id"),
      properties: propertiesOf(body, body.required("plugin_id"), "properties"),
      ...(rules.length > 0 && { rules }),
    };
  },
};

const shown = (api: Api, ask: Ask, config: PluginConfig): Answer =>
  ok(
    {
      _links: {
        self: { href: `${ask.base}${api.path}/${config.id}` },
        doc: { href: docs(api.doc) },
        find: { href: `${ask.base}${api.path}/${api.parameter}` },
      },
      ...config,
    },
    tagOf(config),
  );

function find(api: Api, { configuration }: GocdStandIn, id: string): PluginConfig {
  const found = configuration.state[api.list].find((config) => config.id === id);
  if (found === undefined) throw new Refusal(404, api.missing(id));
  return found;
}

function read(api: Api, ask: Ask): PluginConfig {
  return api.read(Body.parse(ask.body));
}

function mustHavePlugin(api: Api, config: PluginConfig): void {
  if (config.plugin_id in PLUGINS) return;
  throw new Refusal(
    422,
    `Validations failed for ${api.invalid(config.id)}. Error(s): [Validation failed.]. Please correct and resubmit.`,
    { data: { ...config, errors: { plugin_id: [api.noPlugin(config.plugin_id)] } } },
  );
}

function routesOf(api: Api): readonly Route[] {
  const { version, list } = api;
  const all = { path: new RegExp(`^${api.path}$`), version, who: "admin", json: api.json } as const;
  const one = { ...all, path: new RegExp(`^${api.path}/([^/]+)$`) };
  return [
    { ...one, method: "GET", handle: (ask, server, id = "") => shown(api, ask, find(api, server, id)) },
    {
      ...all,
      method: "POST",
      handle: (ask, { configuration: { state } }) => {
        const config = read(api, ask);
        if (state[list].some(({ id }) => id === config.id))
          throw new Refusal(
            422,
            `Failed to add ${api.twice} '${config.id}'. Another ${api.twice} with the same name already exists.`,
            {
              data: { ...config, errors: { id: [api.twiceError(config.id)] } },
            },
          );
        mustHavePlugin(api, config);
        state[list].push(config);
        return shown(api, ask, config);
      },
    },
    {
      ...one,
      method: "PUT",
      handle: (ask, server, id = "") => {
        const present = find(api, server, id);
        if (unquoted(ask.header("if-match")) !== tagOf(present)) throw new Refusal(412, api.stale(id));
        const config = read(api, ask);
        mustHavePlugin(api, config);
        const { state } = server.configuration;
        state[list] = state[list].map((other) => (other === present ? config : other));
        return shown(api, ask, config);
      },
    },
    {
      ...one,
      method: "DELETE",
      handle: (_ask, server, id = "") => {
        const present = find(api, server, id);
        const { state } = server.configuration;
        state[list] = state[list].filter((other) => other !== present);
        return ok({ message: api.deleted(id) });
      },
    },
  ];
}

const VERIFY: Route = {
  method: "POST",
  path: /^\/api\/admin\/internal\/security\/auth_configs\/verify_connection$/,
  version: 2,
  who: "admin",
  handle: async (ask, server) => {
    const config = read(AUTH_CONFIGS, ask);
    const problem = await connectionProblem(config, server.directory);
    if (problem === undefined)
      return ok({ status: "success", message: "Connection ok", auth_config: shown(AUTH_CONFIGS, ask, config).body });
    const { status, message, blank } = problem;
    const properties = [...(config["properties"] as object[]), ...(blank ?? [])];
    const { body } = shown(AUTH_CONFIGS, ask, { ...config, properties, ...(blank && { errors: {} }) });
    return { status: 422, body: { status, message, auth_config: body } };
  },
};

export const PLUGIN_CONFIG_ROUTES: readonly Route[] = [
  ...routesOf(AUTH_CONFIGS),
  VERIFY,
  ...routesOf(CONFIG_REPOS),
  ...routesOf(SECRET_CONFIGS),
];
