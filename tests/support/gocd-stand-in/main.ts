// The stand-in as a program, for a container in the server's place. It takes what the real server takes: the seeded
// cruise-config.xml, the password file, GOCD_SERVER_JVM_OPTS. Settings:
//   PORT (8153), HOST (0.0.0.0), CONFIG (/godata/config/cruise-config.xml), STATE_FILE (/godata/db/stand-in.json),
//   ARTIFACTS_DIR (/godata/artifacts), LOST_CONTACT_SECONDS (300), BACKUP_MILLISECONDS (1000),
//   STAND_IN_USERS: {"name":"password"} in JSON. Only administrators of the configuration may change things.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import { autoRegistersLocal, readSeed } from "./seed";
import { GocdStandIn } from "./stand-in";

async function main(): Promise<void> {
  const env = process.env;
  const seed = readSeed(readFileSync(env["CONFIG"] ?? "/godata/config/cruise-config.xml", "utf8"));
  const users = JSON.parse(env["STAND_IN_USERS"] ?? "{}") as Record<string, string>;
  const stateFile = env["STATE_FILE"] ?? "/godata/db/stand-in.json";
  mkdirSync(dirname(stateFile), { recursive: true });
  const server = new GocdStandIn({
    ...seed,
    autoRegisterLocal: autoRegistersLocal(env["GOCD_SERVER_JVM_OPTS"]),
    logIn: (user, password) => {
      if (users[user] !== password) return undefined;
      return seed.admins.includes(user) ? "admin" : "user";
    },
    stateFile,
    artifactsDir: env["ARTIFACTS_DIR"] ?? "/godata/artifacts",
    lostContactAfterSeconds: Number(env["LOST_CONTACT_SECONDS"] ?? "300"),
  });
  server.backupMilliseconds = Number(env["BACKUP_MILLISECONDS"] ?? "1000");
  await server.start(Number(env["PORT"] ?? "8153"), env["HOST"] ?? "0.0.0.0");
  console.log(`GoCD stand-in at ${server.url}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      void server.stop().then(() => process.exit(0));
    });
}

void main();
