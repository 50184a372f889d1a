// What is asked about users, roles and administrators. Read in gocd/gocd at tag 26.1.0:
//   api/api-users-v3, api/api-roles-config-v3, api/api-admins-config-v2
import { Body } from "./body";
import { docs, linked, ok, okOnCondition, Refusal, unquoted, type Answer, type Ask, type Route } from "./http";
import { errorsOf, type People, type RoleRecord } from "./people";
import { tagOf } from "./tag";

const USERS = "/api/users";
const ROLES = "/api/admin/security/roles";
const ADMINS = "/api/admin/security/system_admins";
const one = (path: string): RegExp => new RegExp(`^${path}/([^/]+)$`);
const all = (path: string): RegExp => new RegExp(`^${path}$`);

function userFields(people: People, user: { name: string; enabled: boolean; email: string | null }): object {
  return {
    login_name: user.name,
    display_name: user.name,
    enabled: user.enabled,
    email: user.email,
    email_me: false,
    is_admin: people.isAdministrator(user.name),
    roles: people.rolesOf(user.name).map(({ name, type }) => ({ name, type })),
    checkin_aliases: [],
  };
}

const shownUser = (ask: Ask, people: People, user: Parameters<typeof userFields>[1]): object => ({
  _links: {
    self: { href: `${ask.base}${USERS}/${user.name}` },
    find: { href: `${ask.base}${USERS}/:login_name` },
    doc: { href: docs("#users") },
  },
  ...userFields(people, user),
});

const roleFields = ({ name, type, policy, users, plugin }: RoleRecord, errors?: object): object => ({
  name,
  type,
  policy: policy.map((directive) => {
    const wrong = errorsOf(directive);
    return { ...(Object.keys(wrong).length > 0 && { errors: wrong }), ...directive };
  }),
  ...(errors && { errors }),
  attributes: plugin === undefined ? { users } : { auth_config_id: plugin.authConfig, properties: plugin.properties },
});

const shownRole = (ask: Ask, role: RoleRecord): Answer =>
  ok(
    {
      _links: {
        doc: { href: docs("#roles") },
        self: { href: `${ask.base}${ROLES}/${role.name}` },
        find: { href: `${ask.base}${ROLES}/:role_name` },
      },
      ...roleFields(role),
    },
    tagOf(role),
  );

function roleOf(body: Body): RoleRecord {
  const attributes = body.object("attributes");
  const plugin = body.string("type") === "plugin";
  return {
    name: body.string("name") ?? "",
    type: plugin ? "plugin" : "gocd",
    policy: (body.array("policy") ?? []) as RoleRecord["policy"],
    users: [...new Set(attributes?.strings("users") ?? [])],
    ...(plugin && {
      plugin: {
        authConfig: attributes?.string("auth_config_id") ?? "",
        properties: (attributes?.array("properties") ?? []) as object[],
      },
    }),
  };
}

const admins = (ask: Ask, people: People): object => linked(people.administrators(), ask, "#system-admins");
const ADMIN = { who: "admin", json: true } as const;

export const PEOPLE_ROUTES: readonly Route[] = [
  {
    ...ADMIN,
    method: "GET",
    path: all(USERS),
    version: 3,
    handle: (ask, { configuration: { people } }) =>
      ok({
        _links: { self: { href: `${ask.base}${USERS}` }, doc: { href: docs("#users") } },
        _embedded: { users: people.users().map((user) => userFields(people, user)) },
      }),
  },
  {
    ...ADMIN,
    method: "POST",
    path: all(USERS),
    version: 3,
    handle: (ask, { configuration: { people } }) => {
      const user = people.createUser(Body.parse(ask.body), (refused) => userFields(people, refused));
      return ok(shownUser(ask, people, user));
    },
  },
  {
    ...ADMIN,
    method: "PATCH",
    path: all(`${USERS}/operations/state`),
    version: 3,
    handle: (ask, { configuration: { people } }) => {
      const body = Body.parse(ask.body);
      const enable = body.object("operations")?.boolean("enable") ?? false;
      return ok({ message: people.setState(body.strings("users"), enable) });
    },
  },
  {
    ...ADMIN,
    method: "DELETE",
    path: one(USERS),
    version: 3,
    handle: (_ask, { configuration: { people } }, name = "") => {
      people.deleteUser(name);
      return ok({ message: `User with login name '${name}' was deleted successfully!` });
    },
  },
  {
    ...ADMIN,
    method: "GET",
    path: one(ROLES),
    version: 3,
    handle: (ask, { configuration: { people } }, name = "") => shownRole(ask, people.role(name)),
  },
  {
    ...ADMIN,
    method: "POST",
    path: all(ROLES),
    version: 3,
    handle: (ask, { configuration: { people } }) => {
      const role = roleOf(Body.parse(ask.body));
      people.createRole(role, roleFields);
      return shownRole(ask, role);
    },
  },
  {
    ...ADMIN,
    method: "PUT",
    path: one(ROLES),
    version: 3,
    handle: (ask, { configuration: { people } }, name = "") => {
      if (unquoted(ask.header("if-match")) !== tagOf(people.role(name)))
        throw new Refusal(
          412,
          `Someone has modified the configuration for role '${name}'. Please update your copy of the config with the changes and try again.`,
        );
      const role = roleOf(Body.parse(ask.body));
      people.updateRole(role, roleFields);
      return shownRole(ask, role);
    },
  },
  {
    ...ADMIN,
    method: "DELETE",
    path: one(ROLES),
    version: 3,
    handle: (_ask, { configuration: { people } }, name = "") => {
      people.deleteRole(name);
      return ok({ message: `The role '${name}' was deleted successfully.` });
    },
  },
  {
    ...ADMIN,
    method: "GET",
    path: all(ADMINS),
    version: 2,
    handle: (ask, { configuration: { people } }) =>
      okOnCondition(ask, admins(ask, people), tagOf(people.administrators())),
  },
  {
    ...ADMIN,
    method: "PATCH",
    path: all(ADMINS),
    version: 2,
    handle: (ask, { configuration: { people } }) => {
      people.changeAdministrators(Body.parse(ask.body).object("operations"));
      return ok(admins(ask, people));
    },
  },
];
