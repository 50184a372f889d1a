// Makes the folder that a GoCD server of its official image needs to be held against the contract: its configuration, with the
// log-ins and the key of the environment. The server is to be thrown away: everybody may read and write the folder.
import { hashSync } from "bcryptjs";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cruiseConfig } from "../../../../components/server/cruise-config";

const ROUNDS = 10;

/** What is in the folder; the server has it as /godata. */
export function seedFiles(environment: NodeJS.ProcessEnv): Readonly<Record<"cruise-config.xml" | "passwd", string>> {
  const given = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") throw new Error(`${name} is not set`);
    return value;
  };
  const random = (): string => randomBytes(16).toString("hex");
  const users = [
    [given("GOCD_USERNAME"), given("GOCD_PASSWORD")],
    [given("GOCD_VIEWER_USERNAME"), given("GOCD_VIEWER_PASSWORD")],
  ] as const;
  return {
    passwd: users.map(([name, password]) => `${name}:${hashSync(password, ROUNDS)}\n`).join(""),
    "cruise-config.xml": cruiseConfig({
      serverId: random(),
      tokenGenerationKey: random(),
      webhookSecret: random(),
      autoRegisterKey: given("GOCD_AUTO_REGISTER_KEY"),
      passwordFile: "/godata/config/passwd",
      admins: [users[0][0]],
      siteUrl: "http://127.0.0.1:8153",
      backupSchedule: "0 0 2 * * ?",
      postBackupScript: "",
      purge: { start: 1, upto: 2 },
      environments: [],
    }),
  };
}

function main(): void {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("usage: seed.ts FOLDER");
  const config = join(folder, "config");
  mkdirSync(config, { recursive: true });
  for (const path of [folder, config]) chmodSync(path, 0o777);
  for (const [name, text] of Object.entries(seedFiles(process.env))) {
    writeFileSync(join(config, name), text);
    chmodSync(join(config, name), 0o666);
  }
}

if (require.main === module) main();
