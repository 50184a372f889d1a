// What Pulumi and Kubernetes do for a cluster before its first start: keys are made once, everything else follows from them
// and is written again whenever it has changed. A folder for each reader, who sees no other's.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { daemonConfig } from "../components/agents/daemon";
import { podNames } from "../components/agents/pods";
import { agentToken, agentUuid } from "../components/credentials/identity";
import { bcrypt, passwordFile } from "../components/credentials/passwords";
import { cruiseConfig } from "../components/server/cruise-config";
import { PRUNE_BACKUPS } from "../components/server/backup";
import { certificates, end, fit, type Sides } from "./certificates";

export interface Laptop {
  /** The volume of secrets. */
  readonly folder: string;
  /** How many agents there are: `docker-0`, … */
  readonly agents: number;
}

/** Made once; the data on the volumes depends on it. Hex text but for the salts. */
interface Keys {
  readonly serverId: string;
  readonly tokenGenerationKey: string;
  readonly webhookSecret: string;
  readonly autoRegisterKey: string;
  readonly cipher: string;
  readonly identityKey: string;
  readonly adminPassword: string;
  readonly adminSalt: string;
  readonly housekeepingPassword: string;
  readonly housekeepingSalt: string;
}

const POOL = "docker";
const SITE_URL = "http://127.0.0.1:8153";
const ENVIRONMENTS = [POOL];
/** As the cluster's defaults; the cache is what a laptop can spare for images and build cache. */
const DAEMON = { mtu: 1460, mirrors: ["https://mirror.gcr.io"], addressPools: ["172.30.0.0/16"] };
const CACHE = "40Gi";
const WARN_DAYS = 90;
const DAY = 86_400_000;

/** Writes what is missing or no longer up to date. Returns what to tell the user; never a secret. */
export async function setUp(laptop: Laptop): Promise<string> {
  const known = existsSync(keysFile(laptop));
  const keys = known ? readKeys(laptop) : makeKeys();
  if (!known) write(keysFile(laptop), `${JSON.stringify(keys, undefined, 2)}\n`, 0o400);
  server(laptop, keys);
  const agents = podNames({ name: POOL, replicas: laptop.agents }).map((pod) => {
    const uuid = agentUuid(keys.identityKey, pod);
    return { hostname: pod, uuid, token: agentToken(keys.tokenGenerationKey, uuid) };
  });
  housekeeping(laptop, keys, agents);
  const lines = [`GoCD is at ${SITE_URL}, user admin; docker compose run --rm setup password shows the password`];
  for (const { hostname, uuid, token } of agents) {
    const folder = path.join(laptop.folder, hostname);
    write(path.join(folder, "docker/daemon.json"), daemonConfig(DAEMON, CACHE));
    write(path.join(folder, "identity/uuid"), uuid);
    write(path.join(folder, "identity/token"), token);
    if (!fit(readSides(folder))) writeSides(folder, await certificates(hostname));
    const until = end(readSides(folder));
    if (until.getTime() - Date.now() < WARN_DAYS * DAY)
      lines.push(
        `the certificates of ${hostname} end on ${until.toISOString().slice(0, 10)}: docker compose down, then docker compose run --rm setup renew`,
      );
  }
  return lines.join("\n");
}

/** The password of the user `admin`. */
export function password(laptop: Laptop): string {
  if (!existsSync(keysFile(laptop))) throw new Error("there is no password yet: docker compose up makes one");
  return readKeys(laptop).adminPassword;
}

/** New key pairs for all agents. Their daemons must not run: they keep the old ones until they start again. */
export async function renew(laptop: Laptop): Promise<string> {
  for (const pod of podNames({ name: POOL, replicas: laptop.agents }))
    writeSides(path.join(laptop.folder, pod), await certificates(pod));
  return "agents and their daemons have new certificates: docker compose up";
}

function server({ folder }: Laptop, keys: Keys): void {
  const seed = cruiseConfig({
    ...keys,
    passwordFile: "/etc/gocd-server/passwd",
    admins: ["admin", "housekeeping"],
    siteUrl: SITE_URL,
    // Weekly, at a time when a laptop may well be open; compose.yaml says how long they are kept.
    backupSchedule: "0 0 12 ? * MON",
    postBackupScript: PRUNE_BACKUPS,
    purge: { start: 2, upto: 4 },
    environments: ENVIRONMENTS,
  });
  write(path.join(folder, "server/cruise-config.xml"), seed);
  write(path.join(folder, "server/cipher.aes"), keys.cipher);
  const users = [
    { name: "admin", hash: bcrypt(keys.adminPassword, keys.adminSalt) },
    { name: "housekeeping", hash: bcrypt(keys.housekeepingPassword, keys.housekeepingSalt) },
  ];
  write(path.join(folder, "server/passwd"), passwordFile(users));
}

function housekeeping(
  { folder }: Laptop,
  keys: Keys,
  agents: readonly { readonly hostname: string; readonly uuid: string }[],
): void {
  const config = {
    serverUrl: "http://server:8153/go",
    // compose.yaml gives agents such names as docker-0.docker.agents.
    agentsDomain: "agents",
    managed: { siteUrl: SITE_URL, environments: ENVIRONMENTS },
  };
  const expected = agents.map(({ hostname, uuid }) => ({
    hostname,
    pool: POOL,
    uuid,
    resources: [POOL],
    environments: ENVIRONMENTS,
  }));
  const own = path.join(folder, "housekeeping");
  write(path.join(own, "config.json"), JSON.stringify(config));
  write(path.join(own, "agents.json"), JSON.stringify(expected));
  write(path.join(own, "token-generation-key"), keys.tokenGenerationKey);
  write(path.join(own, "username"), "housekeeping");
  write(path.join(own, "password"), keys.housekeepingPassword);
}

/** The lengths are those of components/credentials. */
function makeKeys(): Keys {
  const hex = (bytes: number) => randomBytes(bytes).toString("hex");
  const salt = () => randomBytes(16).toString("base64");
  return {
    serverId: hex(16),
    tokenGenerationKey: hex(32),
    webhookSecret: hex(32),
    autoRegisterKey: hex(32),
    cipher: hex(16),
    identityKey: hex(32),
    adminPassword: hex(12),
    adminSalt: salt(),
    housekeepingPassword: hex(12),
    housekeepingSalt: salt(),
  };
}

const keysFile = ({ folder }: Laptop): string => path.join(folder, "keys.json");
const readKeys = (laptop: Laptop): Keys => JSON.parse(readFileSync(keysFile(laptop), "utf8")) as Keys;

function readSides(folder: string): Sides {
  const read = (side: string, file: string) => {
    const name = path.join(folder, side, file);
    return existsSync(name) ? readFileSync(name, "utf8") : "";
  };
  const side = (name: string) => ({
    ca: read(name, "ca.pem"),
    cert: read(name, "cert.pem"),
    key: read(name, "key.pem"),
  });
  return { daemon: side("daemon"), client: side("client") };
}

function writeSides(folder: string, sides: Sides): void {
  for (const side of ["daemon", "client"] as const)
    for (const file of ["ca", "cert", "key"] as const) write(path.join(folder, side, `${file}.pem`), sides[side][file]);
}

/** At once or not at all, and only what differs. The group is for containers that run as another user of group 0. */
function write(file: string, content: string, mode = 0o440): void {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o750 });
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
}
