import type { z } from "zod";
import { oneOf } from "./did-you-mean";
import type { Problem } from "./problems";
import { join } from "./validate";
import { choice, flag, gocdName, list, mapOf, mapWith, properties, text, type ReadonlyDeep } from "./values";

/** A name that fits GoCD, its password file, and a person's log-in at a directory or an identity provider. */
const userName = text("a log-in name: letters, digits and . @ + - _, at most 255", /^[\w.@+-]{1,255}$/);

/** Log-ins that the program makes itself, or that GoCD gives a meaning of its own. */
const OWN_USERS = ["admin", "housekeeping", "anonymous"];

const user = mapWith(
  {
    admin: flag.default(false).describe("whether the user is an administrator of GoCD"),
    roles: list(gocdName, "a list of names of gocd:server.roles")
      .default([])
      .describe("roles of the user, each of gocd:server.roles"),
  },
  "a map with admin, roles; {} for a user without any",
);

const directive = mapWith({
  permission: choice("allow", "deny").describe("the first one that fits counts"),
  action: choice("view", "administer", "*").describe("what is allowed or denied; who administers may view"),
  type: choice("environment", "config_repo", "cluster_profile", "elastic_agent_profile", "*").describe(
    "kind of thing that it is about",
  ),
  resource: text("a name, in which * stands for anything", /^\S+$/).describe("name of the things, such as team-*"),
});

const role = mapWith(
  {
    admin: flag.default(false).describe("whether everybody in the role is an administrator of GoCD"),
    policy: list(directive, "a list of maps with permission, action, type, resource")
      .default([])
      .describe("what the role may do beyond pipelines"),
    authorization: gocdName
      .optional()
      .describe("a name of gocd:server.authorization whose plugin says who is in the role, in place of users"),
    properties: properties.describe("what the plugin is asked, such as the group of a directory"),
  },
  "a map with admin, policy, authorization, properties; {} for a role without any",
).refine(({ authorization, properties }) => authorization !== undefined || Object.keys(properties).length === 0, {
  path: ["properties"],
  error: "nothing without authorization",
});

export const users = mapOf(
  userName.refine((name) => !OWN_USERS.includes(name.toLowerCase()), {
    error: `another name than ${OWN_USERS.join(", ")}`,
  }),
  user,
  "a map of users by log-in name",
)
  .default({})
  .describe(
    "people of GoCD beside admin; one that is taken away here can no longer log in. Passwords: gocd:serverSecrets.users",
  );

export const roles = mapOf(gocdName, role, "a map of roles by name")
  .default({})
  .describe("roles of GoCD; one that is taken away here goes from there");

interface People {
  readonly users: ReadonlyDeep<z.output<typeof users>>;
  readonly roles: ReadonlyDeep<z.output<typeof roles>>;
  /** By the name that a role may refer to. */
  readonly authorization: Readonly<Record<string, unknown>>;
}

/** What is said of users and roles, and does not fit. */
export function peopleProblems(server: People): Problem[] {
  const names = Object.keys(server.users);
  const folded = names.map((name) => name.toLowerCase());
  const twice = names.filter((name, index) => folded.indexOf(name.toLowerCase()) !== index);
  const roles = Object.keys(server.roles);
  return [
    ...twice.map((name) => ({
      key: join("gocd:server.users", [name]),
      found: "a user who differs from another by capitals alone",
      wanted: "one of them: GoCD does not tell them apart",
    })),
    ...Object.entries(server.users).flatMap(([name, user]) => roleProblems(name, user.roles, server, roles)),
    ...Object.entries(server.roles).flatMap(([name, { authorization }]) =>
      authorization === undefined || authorization in server.authorization
        ? []
        : [
            {
              key: join("gocd:server.roles", [name, "authorization"]),
              found: authorization,
              wanted: among(authorization, Object.keys(server.authorization), "gocd:server.authorization"),
            },
          ],
    ),
  ];
}

function roleProblems(user: string, of: readonly string[], server: People, known: readonly string[]): Problem[] {
  return of.flatMap((name, index) => {
    const key = join("gocd:server.users", [user, "roles", index]);
    if (!(name in server.roles)) return [{ key, found: name, wanted: among(name, known, "gocd:server.roles") }];
    const byPlugin = server.roles[name]?.authorization !== undefined;
    return byPlugin ? [{ key, found: name, wanted: "a role whose members no plugin says" }] : [];
  });
}

/** A name among those of a key, and which was probably meant. */
export const among = (found: string, names: readonly string[], of: string): string =>
  names.length > 0 ? `${oneOf(found, [...names])}: the names of ${of}` : `nothing, since ${of} has no name`;
