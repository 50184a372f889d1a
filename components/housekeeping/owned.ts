/** Properties by their names. */
type Texts = Readonly<Record<string, string>>;
interface Directive {
  readonly action: string;
  readonly type: string;
  readonly resource: string;
}
type Rules = readonly (Directive & { readonly directive: string })[];
type Named<T> = Readonly<Record<string, T>>;

/** What the settings own in GoCD, by name. */
export interface OwnedSettings {
  readonly users: Named<{ readonly admin: boolean; readonly roles: readonly string[] }>;
  readonly roles: Named<{
    readonly admin: boolean;
    readonly policy: readonly (Directive & { readonly permission: string })[];
    /** Name among `authorization`. */
    readonly authorization?: string | undefined;
    readonly properties: Texts;
  }>;
  readonly authorization: Named<{
    readonly plugin: string;
    readonly onlyKnownUsers: boolean;
    readonly properties: Texts;
  }>;
  readonly configRepos: Named<{
    readonly plugin: string;
    readonly url: string;
    readonly branch: string;
    readonly username?: string | undefined;
    readonly properties: Texts;
    readonly rules: Rules;
  }>;
  readonly secretConfigs: Named<{ readonly plugin: string; readonly properties: Texts; readonly rules: Rules }>;
}

/** The secrets of {@link OwnedSettings}, in the same places. */
export interface OwnedSecrets {
  readonly authorization: Named<Texts>;
  readonly configRepos: Texts;
  readonly secretConfigs: Named<Texts>;
}

export const NO_SECRETS: OwnedSecrets = { authorization: {}, configRepos: {}, secretConfigs: {} };

/** What the settings own, as images/housekeeping reads it. Empty lists take away what was there before. */
export function ownedSettings(settings: OwnedSettings, secrets: OwnedSecrets) {
  const { users, roles, authorization, configRepos, secretConfigs } = settings;
  return {
    people: {
      users: named(users).map(([name, { admin, roles: of }]) => ({ name, admin, roles: of })),
      roles: named(roles).map(([name, { authorization: authConfig, properties, admin, policy }]) => ({
        name,
        admin,
        policy,
        ...(authConfig !== undefined && { plugin: { authConfig, properties: propertyList(properties) } }),
      })),
    },
    authConfigs: named(authorization).map(([id, { plugin: pluginId, onlyKnownUsers, properties }]) => ({
      id,
      pluginId,
      onlyKnownUsers,
      properties: propertyList({ ...properties, ...secrets.authorization[id] }),
    })),
    configRepos: named(configRepos).map(([id, { plugin: pluginId, properties, username, url, branch, rules }]) => ({
      id,
      pluginId,
      url,
      branch,
      ...(username !== undefined && { username, password: secrets.configRepos[id] }),
      properties: propertyList(properties),
      rules,
    })),
    secretConfigs: named(secretConfigs).map(([id, { plugin: pluginId, properties, rules }]) => ({
      id,
      pluginId,
      properties: propertyList({ ...properties, ...secrets.secretConfigs[id] }),
      rules,
    })),
  };
}

/** In the order of their names, so that the order in a stack file changes nothing. */
const named = <T>(of: Named<T>): [string, T][] => Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));

const propertyList = (properties: Texts) => named(properties).map(([key, value]) => ({ key, value }));
