// GoCD's stand-in as a container: it takes what the real server finds in its image (the seeded configuration, the password
// file that it names, the data on the volume) and lets users in by the bcrypt hashes of that file.
import { compareSync } from "bcryptjs";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { autoRegistersLocal, hasSecureCookies, readSeed } from "../../../../support/gocd-stand-in/seed";
import { GocdStandIn } from "../../../../support/gocd-stand-in/stand-in";
import { zip } from "../../../../support/storage-stand-in/zip";
import { directory } from "./directory";

// Where the real server has its database, and backup and restore look for it.
const DATABASE = "/godata/db/h2db";

const xml = readFileSync("/godata/config/cruise-config.xml", "utf8");
const passwords = /<key>PasswordFilePath<\/key>\s*<value>([^<]+)<\/value>/.exec(xml)?.[1];
if (passwords === undefined)
  throw new Error("cruise-config.xml names no password file: this server would be open to everybody");
const seed = readSeed(xml);

/** The file is read at each log-in, as GoCD does, so that a new Secret needs no restart. */
function logIn(user: string, password: string): "admin" | "user" | undefined {
  const lines = readFileSync(passwords ?? "", "utf8").split("\n");
  const hash = lines.find((line) => line.startsWith(`${user}:`))?.slice(user.length + 1);
  if (hash === undefined || !compareSync(password, hash.trim())) return undefined;
  return seed.admins.includes(user) ? "admin" : "user";
}

/** The files of a folder, for an archive. */
const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(path.join(folder, name))]),
  );

mkdirSync(DATABASE, { recursive: true });
const server = new GocdStandIn({
  ...seed,
  autoRegisterLocal: autoRegistersLocal(process.env["GOCD_SERVER_JVM_OPTS"]),
  secureCookies: hasSecureCookies(process.env["GOCD_SERVER_JVM_OPTS"]),
  logIn,
  directory,
  stateFile: `${DATABASE}/cruise.mv.db`,
  artifactsDir: "/godata/artifacts",
  archives: () => ({
    "config-dir.zip": zip(filesOf("/godata/config")),
    "db.zip": zip(filesOf(DATABASE)),
    "config-repo.zip": zip({ HEAD: "ref: refs/heads/master\n" }),
  }),
});
void server.start(8153, "0.0.0.0").then(() => {
  console.log("ready");
});
process.once("SIGTERM", () => {
  void server.stop().then(() => process.exit(0));
});
