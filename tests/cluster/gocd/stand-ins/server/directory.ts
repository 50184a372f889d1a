// What GoCD's plugin for LDAP asks a directory. Read in gocd/gocd-ldap-authentication-plugin: ApacheDsLdapClient.java,
// VerifyConnectionRequestExecutor.java, LdapConfiguration.java.
import { Client, type Entry } from "ldapts";
import type { Directory } from "../../../../support/gocd-stand-in/plugin-configs";

type Properties = Readonly<Record<string, string>>;

const TIMEOUT_MS = 3000;
const SEARCH_FILTER = "(|(sAMAccountName=*{0}*)(uid=*{0}*)(cn=*{0}*)(mail=*{0}*)(otherMailbox=*{0}*))";
/** Characters that mean something in a filter (RFC 4515). */
const SPECIAL = /[\\*()\0]/g;

const basesOf = ({ SearchBases = "" }: Properties) => SearchBases.split("\n").filter((base) => base !== "");

/** The filter for a name, in which no character of the name means anything else. */
const filled = (filter: string, name: string) =>
  filter.replaceAll(
    "{0}",
    name.replace(SPECIAL, (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, "0")}`),
  );

async function connected<T>({ Url = "" }: Properties, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ url: Url, timeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
  try {
    return await work(client);
  } finally {
    await client.unbind().catch(() => undefined);
  }
}

const search = (properties: Properties, base: string, filter: string, name: string): Promise<readonly Entry[]> =>
  connected(properties, async (client) => {
    const { ManagerDN = "", Password = "" } = properties;
    if (ManagerDN !== "") await client.bind(ManagerDN, Password);
    const { searchEntries } = await client.search(base, { scope: "sub", filter: filled(filter, name) });
    return searchEntries;
  });

/** The real directory that a configuration names. */
export const directory: Directory = {
  async problem(properties) {
    const [base = ""] = basesOf(properties);
    try {
      await search(properties, base, properties["UserSearchFilter"] || SEARCH_FILTER, "test");
      return undefined;
    } catch (error) {
      return String(error);
    }
  },
  async logIn(properties, user, password) {
    // To a directory, a bind without a password is nobody's, and always right.
    if (password === "") return false;
    try {
      const found = await Promise.all(
        basesOf(properties).map((base) => search(properties, base, properties["UserLoginFilter"] ?? "", user)),
      );
      const [entry, ...others] = found.flat();
      if (entry === undefined || others.length > 0) return false;
      await connected(properties, (client) => client.bind(entry.dn, password));
      return true;
    } catch {
      return false;
    }
  },
};
