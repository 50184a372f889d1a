import type { Gocd } from "../gocd";
import {
  applyEntity,
  authConfigEntity,
  configRepoEntity,
  pluginRoleEntity,
  removeEntities,
  secretConfigEntity,
} from "./entities";
import { Ledger } from "./ledger";
import { applyAdministrators, applyRole, applyUsers } from "./people";
import type { Owned, People } from "./schema";

/** One part of what the settings own: brings it in line and tells what it changed, or nothing when all was well. */
export interface OwnedStep {
  readonly name: string;
  readonly apply: () => Promise<string | undefined>;
}

/**
 * What has to be done, in an order that leaves nobody without a log-in: log-ins are made before they are needed, and go last.
 * Each step stands for itself; one that GoCD refuses holds up no other.
 *
 * @param key a secret that stays the same.
 */
export function ownedSteps(gocd: Gocd, owned: Owned, key: string): OwnedStep[] {
  const ledger = new Ledger(gocd, key);
  const authConfigs = owned.authConfigs?.map(authConfigEntity);
  const secretConfigs = owned.secretConfigs?.map(secretConfigEntity);
  const configRepos = owned.configRepos?.map(configRepoEntity);
  const entities = (what: string, wanted: readonly Parameters<typeof applyEntity>[2][] = []): OwnedStep[] =>
    wanted.map((entity) => ({ name: `${what} ${entity.id}`, apply: () => applyEntity(gocd, ledger, entity) }));
  return [
    ...entities("authorization", authConfigs),
    ...peopleSteps(gocd, ledger, owned.people),
    ...entities("secret configuration", secretConfigs),
    ...entities("config repository", configRepos),
    ...(configRepos
      ? [removal("config repositories", () => removeEntities(gocd, ledger, "config_repo", configRepos))]
      : []),
    ...(secretConfigs
      ? [removal("secret configurations", () => removeEntities(gocd, ledger, "secret_config", secretConfigs))]
      : []),
    ...(authConfigs
      ? [removal("authorization", () => removeEntities(gocd, ledger, "auth_config", authConfigs, authConfigs))]
      : []),
  ];
}

const removal = (name: string, apply: OwnedStep["apply"]): OwnedStep => ({ name, apply });

/** Those of people are left out where the settings have none and never had any: then users are GoCD's and nobody else's. */
function peopleSteps(gocd: Gocd, ledger: Ledger, people: People | undefined): OwnedStep[] {
  if (people === undefined) return [];
  const isAsked = async (): Promise<boolean> =>
    [people.users, people.roles, await ledger.names("user"), await ledger.names("role")].some(
      ({ length }) => length > 0,
    );
  const steps = stepsOf(gocd, ledger, people);
  return steps.map(({ name, apply }) => ({ name, apply: async () => ((await isAsked()) ? apply() : undefined) }));
}

function stepsOf(gocd: Gocd, ledger: Ledger, people: People): OwnedStep[] {
  return [
    { name: "users", apply: () => applyUsers(gocd, ledger, people) },
    ...people.roles.map((role) => ({
      name: `role ${role.name}`,
      apply: () =>
        role.plugin === undefined
          ? applyRole(gocd, ledger, people, role)
          : applyEntity(gocd, ledger, pluginRoleEntity(role, role.plugin)),
    })),
    { name: "administrators", apply: () => applyAdministrators(gocd, ledger, people) },
    removal("roles", () =>
      removeEntities(
        gocd,
        ledger,
        "role",
        people.roles.map(({ name }) => ({ id: name })),
      ),
    ),
  ];
}
