import type { Answer, Expected, Line, Scenario } from "../format";
import { message, ok, TAG } from "../facts";

type Fields = Readonly<Record<string, Expected>>;

const ID = "contract-{run}";
const ENCRYPTED = /^AES:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/;
const RULES = [{ directive: "allow", action: "refer", type: "pipeline_group", resource: "contract-*" }];

/** One of the three kinds, with the words that its API has for it. */
interface Kind {
  readonly name: string;
  readonly path: string;
  readonly version: number;
  readonly links: { readonly doc: string; readonly parameter: string };
  /** What is sent, and what is shown of it without links. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly fields: Fields;
  /** A change, likewise. */
  readonly changed: { readonly body: object; readonly fields: Fields };
  readonly missing: string;
  readonly twice: { readonly message: string; readonly error: string };
  readonly stale: string;
  readonly deleted: string;
  readonly noPlugin: { readonly message: string; readonly error: string };
}

const linksOf = ({ path, links }: Kind): Expected => ({
  self: { href: `{origin}/go${path}/${ID}` },
  doc: { href: `https://api.gocd.org/26.1.0/${links.doc}` },
  find: { href: `{origin}/go${path}/${links.parameter}` },
});

const shown = (kind: Kind, fields: Fields): Answer => ({
  status: 200,
  headers: { etag: TAG },
  body: { _links: linksOf(kind), ...fields },
});

function scenario(kind: Kind): Scenario {
  const { name, path, version, body, fields, changed } = kind;
  const one = `${path}/${ID}`;
  const put = (says: string, tag: string, sent: object, answer: Answer): Line => ({
    says,
    ask: `PUT /${one.slice(1)}`,
    version,
    headers: { "If-Match": tag },
    body: sent,
    answer,
  });
  return {
    name,
    changes: true,
    lines: [
      { says: "knows none of the name", ask: `GET /${one.slice(1)}`, version, answer: message(404, kind.missing) },
      {
        says: "wants a plugin that is there",
        ask: `POST /${path.slice(1)}`,
        version,
        body: { ...body, plugin_id: "contract.absent" },
        answer: {
          status: 422,
          body: {
            message: kind.noPlugin.message,
            data: { ...fields, plugin_id: "contract.absent", errors: { plugin_id: [kind.noPlugin.error] } },
          },
        },
      },
      { says: "makes it", ask: `POST /${path.slice(1)}`, version, body, answer: shown(kind, fields) },
      {
        says: "makes no second one",
        ask: `POST /${path.slice(1)}`,
        version,
        body,
        answer: {
          status: 422,
          body: { message: kind.twice.message, data: { ...fields, errors: { id: [kind.twice.error] } } },
        },
      },
      { says: "shows it", ask: `GET /${one.slice(1)}`, version, answer: shown(kind, fields), keep: { tag: "tag" } },
      {
        says: "shows it with the same tag, whatever is secret in it",
        ask: `GET /${one.slice(1)}`,
        version,
        answer: { ...shown(kind, fields), headers: { etag: '"{tag}"' } },
      },
      put("takes no change without its tag", '"another"', body, message(412, kind.stale)),
      put("takes a change", '"{tag}"', changed.body, shown(kind, changed.fields)),
      { says: "deletes it", ask: `DELETE /${one.slice(1)}`, version, answer: message(200, kind.deleted) },
      { says: "deletes it once", ask: `DELETE /${one.slice(1)}`, version, answer: message(404, kind.missing) },
    ],
  };
}

const PASSWORD_FILE = "cd.go.authentication.passwordfile";
const file = (value: string): Fields => ({ key: "PasswordFilePath", value });
const authConfig = (fields: Fields): Fields => ({
  id: ID,
  plugin_id: PASSWORD_FILE,
  allow_only_known_users_to_login: false,
  properties: [file("/etc/hostname")],
  ...fields,
});

const AUTH_CONFIG: Kind = {
  name: "a log-in",
  path: "/api/admin/security/auth_configs",
  version: 2,
  links: { doc: "#auth_configs", parameter: ":id" },
  body: authConfig({}),
  fields: authConfig({}),
  changed: {
    body: authConfig({ allow_only_known_users_to_login: true }),
    fields: authConfig({ allow_only_known_users_to_login: true }),
  },
  missing: `Security auth config with id '${ID}' was not found!`,
  twice: {
    message: `Failed to add security auth config '${ID}'. Another security auth config with the same name already exists.`,
    error: `Security auth config with id '${ID}' already exists!`,
  },
  stale: `Someone has modified the configuration for security auth config '${ID}'. Please update your copy of the config with the changes and try again.`,
  deleted: `Security auth config with id '${ID}' was deleted successfully!`,
  noPlugin: {
    message: `Validations failed for authConfig '${ID}'. Error(s): [Validation failed.]. Please correct and resubmit.`,
    error: "Plugin with id `contract.absent` is not found.",
  },
};

const material = (attributes: Fields): Expected => ({ type: "git", attributes });
const GIT = {
  auto_update: true,
  url: "https://git.contract.example/pipelines.git",
  username: "contract",
  branch: "main",
};
const configRepo = (attributes: Fields, resource = "contract-*"): Fields => ({
  id: ID,
  plugin_id: "yaml.config.plugin",
  material: material(attributes),
  configuration: [],
  rules: RULES.map((rule) => ({ ...rule, resource })),
});

const CONFIG_REPO: Kind = {
  name: "a repository with pipelines",
  path: "/api/admin/config_repos",
  version: 4,
  links: { doc: "#config-repos", parameter: ":id" },
  body: configRepo({ ...GIT, password: "contract-password" }),
  fields: configRepo({ name: null, ...GIT, encrypted_password: ENCRYPTED }),
  changed: {
    body: configRepo({ ...GIT, password: "contract-password" }, "*"),
    fields: configRepo({ name: null, ...GIT, encrypted_password: ENCRYPTED }, "*"),
  },
  missing: `Config repo with id '${ID}' was not found!`,
  twice: {
    message: `Failed to add config-repo '${ID}'. Another config-repo with the same name already exists.`,
    error: "ConfigRepo ids should be unique. A ConfigRepo with the same id already exists.",
  },
  stale: "Someone has modified the entity. Please update your copy with the changes and try again.",
  deleted: `Config repo with id '${ID}' was deleted successfully!`,
  noPlugin: {
    message: `Validations failed for config-repo '${ID}'. Error(s): [Validation failed.]. Please correct and resubmit.`,
    error: "Invalid plugin id: contract.absent",
  },
};

const secretConfig = (fields: Fields = {}): Fields => ({
  id: ID,
  plugin_id: "cd.go.secrets.file-based-plugin",
  properties: [{ key: "SecretsFilePath", value: "/etc/hostname" }],
  rules: RULES,
  ...fields,
});

const SECRET_CONFIG: Kind = {
  name: "a secret manager",
  path: "/api/admin/secret_configs",
  version: 3,
  links: { doc: "#secret-configs", parameter: ":config_id" },
  body: secretConfig(),
  fields: secretConfig(),
  changed: {
    body: secretConfig({ rules: RULES.map((rule) => ({ ...rule, resource: "*" })) }),
    fields: secretConfig({ rules: RULES.map((rule) => ({ ...rule, resource: "*" })) }),
  },
  missing: `Secret config with id '${ID}' was not found!`,
  twice: {
    message: `Failed to add secretConfig '${ID}'. Another secretConfig with the same name already exists.`,
    error: `Secret Configuration ids should be unique. Secret Configuration with id '${ID}' already exists.`,
  },
  stale: "Someone has modified the entity. Please update your copy with the changes and try again.",
  deleted: `Secret config with id '${ID}' was deleted successfully!`,
  noPlugin: {
    message: `Validations failed for secretConfig '${ID}'. Error(s): [Validation failed.]. Please correct and resubmit.`,
    error:
      "No reference found for the given Service Reference: com.thoughtworks.go.plugin.api.GoPlugin and Plugin Id contract.absent. It is likely that the plugin is missing.",
  },
};

const verify = (says: string, sent: Fields, answer: Answer): Line => ({
  says,
  ask: "POST /api/admin/internal/security/auth_configs/verify_connection",
  version: 2,
  body: sent,
  answer,
});
const verified = (status: string, text: string | RegExp, fields: Fields): Expected => ({
  status,
  message: text,
  auth_config: { _links: linksOf(AUTH_CONFIG), ...fields },
});
const ABSENT = authConfig({ properties: [file("/contract-{run}")] });
const NO_PLUGIN = authConfig({ plugin_id: "contract.absent", properties: [] });

const CONNECTION: Scenario = {
  name: "the connection of a log-in",
  changes: false,
  lines: [
    verify("says that one works", authConfig({}), ok(verified("success", "Connection ok", authConfig({})))),
    verify("says why one does not", ABSENT, {
      status: 422,
      body: verified("failure", "No password file at path `/contract-{run}`.", ABSENT),
    }),
    verify("says that the plugin is missing", NO_PLUGIN, {
      status: 422,
      body: verified("failure", "Unable to verify connection, missing plugin: contract.absent", NO_PLUGIN),
    }),
  ],
};

const DIRECTORY = [
  { key: "Url", value: "ldap://127.0.0.1:1" },
  { key: "SearchBases", value: "dc=contract,dc=example" },
  { key: "UserLoginFilter", value: "(uid={0})" },
  { key: "ManagerDN", value: "cn=contract" },
];
const ldap = (password: Fields): Fields =>
  authConfig({ plugin_id: "cd.go.authentication.ldap", properties: [...DIRECTORY, { key: "Password", ...password }] });
const PLAIN = ldap({ value: "contract-password" });
const HIDDEN = ldap({ encrypted_value: ENCRYPTED });

const LDAP: Scenario = {
  name: "a log-in by a directory",
  changes: true,
  lines: [
    verify("says that the directory does not answer", PLAIN, {
      status: 422,
      body: verified("failure", /Cannot connect to the server/, HIDDEN),
    }),
    {
      says: "makes it all the same, and shows no secret",
      ask: "POST /api/admin/security/auth_configs",
      version: 2,
      body: PLAIN,
      answer: shown(AUTH_CONFIG, HIDDEN),
      keep: { tag: "tag" },
    },
    {
      says: "shows the same version of it later",
      ask: `GET /api/admin/security/auth_configs/${ID}`,
      version: 2,
      answer: { ...shown(AUTH_CONFIG, HIDDEN), headers: { etag: '"{tag}"' } },
    },
    {
      says: "makes another version of the same secret",
      ask: `PUT /api/admin/security/auth_configs/${ID}`,
      version: 2,
      headers: { "If-Match": '"{tag}"' },
      body: PLAIN,
      answer: shown(AUTH_CONFIG, HIDDEN),
    },
    { says: "deletes it", ask: `DELETE /api/admin/security/auth_configs/${ID}`, version: 2, answer: { status: 200 } },
  ],
};

export const PLUGIN_CONFIGS: readonly Scenario[] = [
  scenario(AUTH_CONFIG),
  CONNECTION,
  LDAP,
  scenario(CONFIG_REPO),
  scenario(SECRET_CONFIG),
];
