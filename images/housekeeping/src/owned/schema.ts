import { z } from "zod";

/** GoCD takes nearly anything; a blank would end a name in the ledger, and a colon ends it in the password file. */
const userName = z.string().regex(/^[\w.@+-]{1,255}$/, "letters, digits and . @ + - _ only");
/** Ids of roles, authorization configurations, config repositories and secret configurations (`NameTypeValidator` in GoCD). */
const id = z.string().regex(/^\w[\w.-]{0,254}$/, "letters, digits, dots, hyphens and underscores only");

const property = z.strictObject({ key: z.string().min(1), value: z.string() });
const directive = { action: z.string(), type: z.string(), resource: z.string() };
const permission = z.enum(["allow", "deny"]);
const rules = z.array(z.strictObject({ directive: permission, ...directive }));

const user = z.strictObject({
  name: userName,
  admin: z.boolean().default(false),
  roles: z.array(id).default([]),
});

const role = z.strictObject({
  name: id,
  admin: z.boolean().default(false),
  policy: z.array(z.strictObject({ permission, ...directive })).default([]),
  /** Members come from an authorization configuration instead of `users`. */
  plugin: z.strictObject({ authConfig: id, properties: z.array(property) }).optional(),
});

const authConfig = z.strictObject({
  id,
  pluginId: id,
  onlyKnownUsers: z.boolean().default(false),
  properties: z.array(property),
});

const configRepo = z.strictObject({
  id,
  pluginId: id,
  url: z.string().min(1),
  branch: z.string().min(1),
  username: z.string().optional(),
  password: z.string().optional(),
  properties: z.array(property).default([]),
  rules,
});

const secretConfig = z.strictObject({ id, pluginId: id, properties: z.array(property), rules });

/**
 * What the stack's settings own in GoCD, made, changed and removed as they say. What is left out is left to GoCD and its users; an
 * empty list removes what was owned before.
 */
export const OWNED = {
  people: z.strictObject({ users: z.array(user), roles: z.array(role) }).optional(),
  authConfigs: z.array(authConfig).optional(),
  configRepos: z.array(configRepo).optional(),
  secretConfigs: z.array(secretConfig).optional(),
};

export type Owned = Partial<{ readonly [K in keyof typeof OWNED]: z.output<(typeof OWNED)[K]> }>;
export type People = NonNullable<Owned["people"]>;
export type Role = People["roles"][number];
export type AuthConfig = NonNullable<Owned["authConfigs"]>[number];
export type ConfigRepo = NonNullable<Owned["configRepos"]>[number];
export type SecretConfig = NonNullable<Owned["secretConfigs"]>[number];
