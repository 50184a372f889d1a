import { z } from "zod";

import { GocdError, ifKnown, type Gocd } from "../gocd";
import { ROLES, tagOf, type Entity, type Kind, type Ledger } from "./ledger";
import { checkProperties, type UsedPlugin } from "./plugin-properties";
import type { AuthConfig, ConfigRepo, Role, SecretConfig } from "./schema";

type EntityKind = Exclude<Kind, "user">;

const APIS = {
  role: ROLES,
  auth_config: { path: "/api/admin/security/auth_configs", version: 2 },
  config_repo: { path: "/api/admin/config_repos", version: 4 },
  secret_config: { path: "/api/admin/secret_configs", version: 3 },
} as const satisfies Record<EntityKind, { readonly path: string; readonly version: number }>;

const VERIFY = { path: "/api/admin/internal/security/auth_configs/verify_connection", version: 2 } as const;
const anything = z.object({});

type Owned = Entity & {
  readonly kind: EntityKind;
  /** Whose properties are checked before GoCD has them. */
  readonly plugin?: UsedPlugin;
};

const keysOf = (properties: readonly { readonly key: string }[]): string[] => properties.map(({ key }) => key);

export const authConfigEntity = ({ id, pluginId, onlyKnownUsers, properties }: AuthConfig): Owned => ({
  kind: "auth_config",
  id,
  plugin: { id: pluginId, properties: keysOf(properties) },
  body: { id, plugin_id: pluginId, allow_only_known_users_to_login: onlyKnownUsers, properties },
});

export const configRepoEntity = ({ id, pluginId, properties, rules, ...git }: ConfigRepo): Owned => ({
  kind: "config_repo",
  id,
  body: {
    id,
    plugin_id: pluginId,
    material: { type: "git", attributes: { ...git, auto_update: true } },
    configuration: properties,
    rules,
  },
});

export const secretConfigEntity = ({ id, pluginId, properties, rules }: SecretConfig): Owned => ({
  kind: "secret_config",
  id,
  plugin: { id: pluginId, properties: keysOf(properties) },
  body: { id, plugin_id: pluginId, properties, rules },
});

/** A role whose members an authorization plugin knows. */
export const pluginRoleEntity = ({ name, policy }: Role, plugin: NonNullable<Role["plugin"]>): Owned => ({
  kind: "role",
  id: name,
  body: {
    name,
    type: "plugin",
    policy,
    attributes: { auth_config_id: plugin.authConfig, properties: plugin.properties },
  },
});

/** Makes a thing as the settings want it, and tells what it did, or nothing when all was well. */
export async function applyEntity(gocd: Gocd, ledger: Ledger, entity: Owned): Promise<string | undefined> {
  const { kind, id, body } = entity;
  const { path, version } = APIS[kind];
  const one = { path: `${path}/${id}`, version, answer: anything } as const;
  const found = await ifKnown(() => gocd.call({ ...one, method: "GET" }));
  const tag = found && tagOf(found, `GET ${one.path}`);
  if (tag !== undefined && (await ledger.confirms(entity, tag))) return undefined;
  // A log-in that does not work is never put in the place of one that does.
  if (kind === "auth_config") await gocd.call({ ...VERIFY, method: "POST", answer: anything, body });
  if (entity.plugin !== undefined) await checkProperties(gocd, entity.plugin);
  await ledger.claim(kind, [id]);
  const written =
    tag === undefined
      ? await gocd.call({ ...one, path, method: "POST", body })
      : await gocd.call({ ...one, method: "PUT", ifMatch: tag, body });
  await ledger.note(entity, tagOf(written, `PUT ${one.path}`));
  return tag === undefined ? "made" : "changed";
}

/**
 * Removes what was the settings' and is no more. Of log-ins none goes while a wanted one is not in force.
 *
 * @param wanted ids, or the things themselves where they must be in force first.
 */
export async function removeEntities(
  gocd: Gocd,
  ledger: Ledger,
  kind: EntityKind,
  wanted: readonly Pick<Entity, "id">[],
  awaited: readonly Entity[] = [],
): Promise<string | undefined> {
  const ids = new Set(wanted.map(({ id }) => id));
  const gone = (await ledger.names(kind)).filter((id) => !ids.has(id));
  if (gone.length === 0) return undefined;
  const missing = awaited.filter((entity) => !ledger.isSettled(entity)).map(({ id }) => id);
  if (missing.length > 0)
    throw new GocdError("refused", `${gone.join(", ")} stays until ${missing.join(", ")} is in force`);
  const { path, version } = APIS[kind];
  for (const id of gone)
    await ifKnown(() => gocd.call({ path: `${path}/${id}`, version, method: "DELETE", answer: anything }));
  await ledger.drop(kind, gone);
  return `removed ${gone.join(", ")}`;
}
