// A real directory server, OpenLDAP's slapd of Debian, with a few people.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bringPackages } from "../kubernetes/debian";
import { run } from "../kubernetes/run";
import { nodePod, startHelper } from "./access-helpers";
import { FOLDER } from "./access-stack";
import { addressOf } from "./pods";

const SLAPD = "/usr/sbin/slapd";
const DIRECTORY = "gocd-directory";
const PORT = 389;
const SUFFIX = "dc=example,dc=com";

export const PEOPLE = `ou=people,${SUFFIX}`;
/** Whoever GoCD's plugin searches as. */
export const READER = { dn: `cn=gocd,${SUFFIX}`, password: "planted-password-of-the-reader-81" };

/** Installed, since it needs libraries; told to make no database, it starts no service either. */
export async function bringDirectory(): Promise<void> {
  if (!existsSync(SLAPD))
    await run("debconf-set-selections", [], { input: "slapd slapd/no_configuration boolean true\n" });
  await bringPackages({ unpacked: [], installed: { [SLAPD]: "slapd" } });
}

const CONFIGURATION = (folder: string) => `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/pid
database mdb
suffix "${SUFFIX}"
directory ${folder}/database
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER.dn}" read by * none
`;

const entries = (people: Readonly<Record<string, string>>) => [
  `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example`,
  `dn: ${PEOPLE}\nobjectClass: organizationalUnit\nou: people`,
  `dn: ${READER.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: gocd\nuserPassword: ${READER.password}`,
  ...Object.entries(people).map(
    ([uid, password]) =>
      `dn: uid=${uid},${PEOPLE}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nuserPassword: ${password}`,
  ),
];

/** Starts it with people and their passwords, and returns the address of its pod. */
export async function startDirectory(people: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(FOLDER, "directory");
  mkdirSync(path.join(folder, "database"), { recursive: true });
  const configuration = path.join(folder, "slapd.conf");
  writeFileSync(configuration, CONFIGURATION(folder));
  await run("slapadd", ["-q", "-f", configuration], { input: `${entries(people).join("\n\n")}\n` });
  const listen = ["-h", `ldap://0.0.0.0:${PORT}/`];
  await startHelper(nodePod(DIRECTORY, DIRECTORY, [SLAPD, "-d", "0", "-f", configuration, ...listen], PORT));
  return addressOf(DIRECTORY, DIRECTORY);
}
