import { AnyOrder, type Answer, type Expected, type Line, type Scenario } from "../format";
import { message, ok, TAG } from "../facts";

const USER = "contract-{run}";
const ROLE = "contract-{run}";
const USERS = "/api/users";
const ROLES = "/api/admin/security/roles";
const ADMINS = "/api/admin/security/system_admins";

const userFields = (fields: Readonly<Record<string, Expected>> = {}): Readonly<Record<string, Expected>> => ({
  login_name: USER,
  display_name: USER,
  enabled: true,
  email: "",
  email_me: false,
  is_admin: false,
  roles: [],
  checkin_aliases: [],
  ...fields,
});

const shownUser = (fields: Readonly<Record<string, Expected>> = {}): Expected => ({
  _links: {
    self: { href: `{origin}/go${USERS}/${USER}` },
    find: { href: `{origin}/go${USERS}/:login_name` },
    doc: { href: "https://api.gocd.org/26.1.0/#users" },
  },
  ...userFields(fields),
});

const setState = (says: string, enable: boolean, users: readonly string[], answer: Answer): Line => ({
  says,
  ask: `PATCH ${USERS}/operations/state`,
  version: 3,
  body: { users, operations: { enable } },
  answer,
});

const USER_CHANGES: Scenario = {
  name: "a user",
  changes: true,
  lines: [
    {
      says: "makes one",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: USER },
      answer: ok(shownUser()),
    },
    {
      says: "makes no second one of the name in other letters",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: "CONTRACT-{run}" },
      answer: {
        status: 422,
        body: {
          message: "Failed to add User 'CONTRACT-{run}'. Another User with the same name already exists.",
          data: userFields({ login_name: "CONTRACT-{run}", display_name: "CONTRACT-{run}" }),
        },
      },
    },
    {
      says: "wants a name",
      ask: `POST ${USERS}`,
      version: 3,
      body: {},
      answer: message(422, "Json `{}` does not contain property 'login_name'"),
    },
    setState("disables it", false, [USER], message(200, `Users '${USER}' were disabled successfully.`)),
    setState("disables it again", false, [USER], message(200, `Users '${USER}' were disabled successfully.`)),
    setState("enables it", true, [USER], message(200, `Users '${USER}' were enabled successfully.`)),
    {
      says: "deletes none that is enabled",
      ask: `DELETE ${USERS}/${USER}`,
      version: 3,
      headers: { "X-GoCD-Confirm": "true" },
      answer: message(400, `User '${USER}' is not disabled.`),
    },
    setState("disables it to delete it", false, [USER], { status: 200 }),
    {
      says: "deletes it",
      ask: `DELETE ${USERS}/${USER}`,
      version: 3,
      headers: { "X-GoCD-Confirm": "true" },
      answer: message(200, `User with login name '${USER}' was deleted successfully!`),
    },
    setState("knows it no more", false, [USER], {
      status: 422,
      body: { message: "Update failed because some users do not exist.", non_existent_users: [USER] },
    }),
    setState("wants a name to disable", false, [], message(400, "No users selected.")),
    {
      says: "makes a disabled one",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: USER, enabled: false },
      answer: ok(shownUser({ enabled: false })),
    },
    { says: "deletes that one", ask: `DELETE ${USERS}/${USER}`, version: 3, answer: { status: 200 } },
  ],
};

const DISABLED = "Your account has been disabled by the administrator";
const VIEWER: Scenario = {
  name: "a user who is disabled",
  changes: true,
  needs: ["viewer"],
  lines: [
    {
      says: "knows who has logged in",
      ask: "GET /api/version",
      as: "viewer",
      version: 1,
      answer: { status: 200, type: null },
    },
    {
      says: "lists no users to a viewer",
      ask: `GET ${USERS}`,
      as: "viewer",
      version: 3,
      answer: message(403, "You are not authorized to perform this action."),
    },
    setState("disables one", false, ["{viewer}"], { status: 200 }),
    {
      says: "does not let it in",
      ask: "GET /api/agents",
      as: "viewer",
      version: 7,
      answer: message(401, DISABLED),
    },
    {
      says: "sends it from pages to the log-in",
      ask: "GET /pipelines",
      as: "viewer",
      answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" } },
    },
    setState("enables it again", true, ["{viewer}"], { status: 200 }),
    { says: "lets it in again", ask: "GET /api/agents", as: "viewer", version: 7, answer: { status: 200 } },
  ],
};

const DIRECTIVE = { permission: "allow", action: "view", type: "config_repo", resource: "kind/name 0123" };
const roleFields = (fields: Readonly<Record<string, Expected>> = {}): Readonly<Record<string, Expected>> => ({
  name: ROLE,
  type: "gocd",
  policy: [DIRECTIVE],
  attributes: { users: ["contract-one", "contract-two"] },
  ...fields,
});
const shownRole = (fields: Readonly<Record<string, Expected>> = {}): Answer => ({
  status: 200,
  headers: { etag: TAG },
  body: {
    _links: {
      doc: { href: "https://api.gocd.org/26.1.0/#roles" },
      self: { href: `{origin}/go${ROLES}/${ROLE}` },
      find: { href: `{origin}/go${ROLES}/:role_name` },
    },
    ...roleFields(fields),
  },
});
const NO_ROLE = message(404, `Role with name '${ROLE}' was not found!`);

const ROLE_CHANGES: Scenario = {
  name: "a role",
  changes: true,
  lines: [
    { says: "knows none of the name", ask: `GET ${ROLES}/${ROLE}`, version: 3, answer: NO_ROLE },
    {
      says: "makes it, with users that there are not",
      ask: `POST ${ROLES}`,
      version: 3,
      body: { name: ROLE, type: "gocd", policy: [DIRECTIVE], attributes: { users: ["contract-one", "contract-two"] } },
      answer: shownRole(),
    },
    {
      says: "makes no second one",
      ask: `POST ${ROLES}`,
      version: 3,
      body: { name: ROLE, type: "gocd", policy: [], attributes: { users: [] } },
      answer: {
        status: 422,
        body: {
          message: `Failed to add role '${ROLE}'. Another role with the same name already exists.`,
          data: roleFields({
            policy: [],
            errors: { name: ["Role names should be unique. Role with the same name exists."] },
            attributes: { users: [] },
          }),
        },
      },
    },
    { says: "shows it", ask: `GET ${ROLES}/${ROLE}`, version: 3, answer: shownRole(), keep: { tag: "tag" } },
    {
      says: "takes no change without its tag",
      ask: `PUT ${ROLES}/${ROLE}`,
      version: 3,
      headers: { "If-Match": '"another"' },
      body: { name: ROLE, type: "gocd", policy: [], attributes: { users: [] } },
      answer: message(
        412,
        `Someone has modified the configuration for role '${ROLE}'. Please update your copy of the config with the changes and try again.`,
      ),
    },
    {
      says: "refuses an action that there is not",
      ask: `PUT ${ROLES}/${ROLE}`,
      version: 3,
      headers: { "If-Match": '"{tag}"' },
      body: { name: ROLE, type: "gocd", policy: [{ ...DIRECTIVE, action: "fly" }], attributes: { users: [] } },
      answer: {
        status: 422,
        body: {
          message: `Validations failed for role '${ROLE}'. Error(s): [Invalid action, must be one of [view, administer].]. Please correct and resubmit.`,
          data: roleFields({
            policy: [
              {
                errors: { action: ["Invalid action, must be one of [view, administer]."] },
                ...DIRECTIVE,
                action: "fly",
              },
            ],
            attributes: { users: [] },
          }),
        },
      },
    },
    {
      says: "makes an administrator of it",
      ask: `PATCH ${ADMINS}`,
      version: 2,
      body: { operations: { roles: { add: [ROLE] } } },
      answer: { status: 200 },
    },
    {
      says: "takes a change, with nobody in it",
      ask: `PUT ${ROLES}/${ROLE}`,
      version: 3,
      headers: { "If-Match": '"{tag}"' },
      body: { name: ROLE, type: "gocd", policy: [{ ...DIRECTIVE, permission: "deny" }], attributes: { users: [] } },
      answer: shownRole({ policy: [{ ...DIRECTIVE, permission: "deny" }], attributes: { users: [] } }),
    },
    {
      says: "deletes it, also among administrators",
      ask: `DELETE ${ROLES}/${ROLE}`,
      version: 3,
      answer: message(200, `The role '${ROLE}' was deleted successfully.`),
    },
    { says: "deletes it once", ask: `DELETE ${ROLES}/${ROLE}`, version: 3, answer: NO_ROLE },
  ],
};

const change = (says: string, operations: object, answer: Answer): Line => ({
  says,
  ask: `PATCH ${ADMINS}`,
  version: 2,
  body: { operations },
  answer,
});
const LINKS: Expected = {
  doc: { href: "https://api.gocd.org/26.1.0/#system-admins" },
  self: { href: `{origin}/go${ADMINS}` },
};

const ADMINISTRATORS: Scenario = {
  name: "administrators",
  changes: true,
  lines: [
    {
      says: "shows them",
      ask: `GET ${ADMINS}`,
      version: 2,
      answer: { status: 200, headers: { etag: TAG }, body: { _links: LINKS, roles: [], users: ["{admin}"] } },
    },
    change(
      "adds one that there is not, in some order",
      { users: { add: [USER] } },
      ok({ _links: LINKS, roles: [], users: new AnyOrder([USER, "{admin}"]) }),
    ),
    change(
      "adds one once",
      { users: { add: [USER] } },
      ok({ _links: LINKS, roles: [], users: new AnyOrder([USER, "{admin}"]) }),
    ),
    change(
      "adds no role that there is not",
      { roles: { add: ["contract-absent"] } },
      {
        status: 422,
        body: {
          message:
            'Validations failed for admins. Error(s): [Role "contract-absent" does not exist.]. Please correct and resubmit.',
          data: {
            roles: ["contract-absent"],
            users: new AnyOrder([USER, "{admin}"]),
            errors: { roles: ['Role "contract-absent" does not exist.'] },
          },
        },
      },
    ),
    change("removes one", { users: { remove: [USER] } }, ok({ _links: LINKS, roles: [], users: ["{admin}"] })),
    change(
      "removes none that is not there",
      { users: { remove: [USER] } },
      {
        status: 422,
        body: {
          message: "Update failed because some users or roles do not exist under super admins.",
          non_existent_users: [USER],
        },
      },
    ),
  ],
};

export const PEOPLE: readonly Scenario[] = [USER_CHANGES, VIEWER, ROLE_CHANGES, ADMINISTRATORS];
