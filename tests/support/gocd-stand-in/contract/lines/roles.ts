import { AnyOrder, type Answer, type Expected, type Line, type Scenario } from "../format";
import { message, ok, TAG } from "../facts";

/** Also a user, whom GoCD need not know to make an administrator of. */
const USER = "contract-{run}";
const ROLE = "contract-{run}";
const ROLES = "/api/admin/security/roles";
const ADMINS = "/api/admin/security/system_admins";

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

export const ROLES_AND_ADMINISTRATORS: readonly Scenario[] = [ROLE_CHANGES, ADMINISTRATORS];
