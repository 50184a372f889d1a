// Whose password is right. Read in gocd/gocd at tag 26.1.0: PasswordBasedPluginAuthenticationProvider.java,
// OnlyKnownUsersAllowedException.java; and in the plugin for LDAP: LdapAuthenticator.java
import type { Configuration } from "./configuration";
import type { Role } from "./http";
import type { StandInOptions } from "./options";
import { LDAP, valuesOf, type Directory } from "./plugin-configs";

interface Known {
  readonly configuration: Configuration;
  readonly directory: Directory;
}

/** By the password file, or by the first directory that GoCD knows and that lets somebody in. */
export const logIns =
  (byPasswordFile: StandInOptions["logIn"], server: Known) =>
  async (name: string, password: string): Promise<Role | undefined> => {
    const role = byPasswordFile(name, password);
    if (role !== undefined) return role;
    const { people, state } = server.configuration;
    for (const config of state.authConfigs.filter(({ plugin_id: plugin }) => plugin === LDAP)) {
      const isAllowed = people.isKnown(name) || config["allow_only_known_users_to_login"] !== true;
      if (isAllowed && (await server.directory.logIn(valuesOf(config), name, password))) return "user";
    }
    return undefined;
  };
