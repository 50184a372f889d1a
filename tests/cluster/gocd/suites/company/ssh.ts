import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startDaemon, stopDaemon } from "../../../kubernetes/daemons";
import { unpackedFile } from "../../../kubernetes/debian";
import { STATE } from "../../../kubernetes/paths";
import { eventually, outcome, run } from "../../../kubernetes/run";
import { bindMountFile, POD_NETWORK } from "../../../kubernetes/sandbox";
import { REPOSITORY } from "./network";

const FOLDER = path.join(STATE, "ssh");
const file = (name: string) => path.join(FOLDER, name);
const HOST = POD_NETWORK.gateway;
/** A host that is known, one that has another key than the known one, and one that is in no list. */
const PORTS = { known: 2222, other: 2223, unlisted: 2224 } as const;
type Host = keyof typeof PORTS;

export const sshUrl = (host: Host): string => `ssh://root@${HOST}:${PORTS[host]}${REPOSITORY}`;

/** Makes a pair of keys in place of the one before, and returns the private one. */
async function makeKey(name: string): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  for (const one of [name, `${name}.pub`]) rmSync(file(one), { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
  return readFileSync(file(name), "utf8");
}

/** A new key for server and agents, the only one that the hosts take from now on. */
export async function newClientKey(): Promise<string> {
  const key = await makeKey("client");
  writeFileSync(file("authorized_keys"), readFileSync(file("client.pub")), { mode: 0o600 });
  return key;
}

/** What server and agents know of hosts: of the second one the key of the first. */
export async function knownHosts(): Promise<string> {
  for (const host of Object.keys(PORTS)) await makeKey(`host-${host}`);
  const [type = "", key = ""] = readFileSync(file("host-known.pub"), "utf8").split(" ");
  return [PORTS.known, PORTS.other].map((port) => `[${HOST}]:${port} ${type} ${key}\n`).join("");
}

/** Starts Debian's sshd on the node for each of them. */
export async function startSsh(): Promise<void> {
  const users = readFileSync("/etc/passwd", "utf8");
  if (!users.includes("sshd:")) await bindMountFile("/etc/passwd", `${users}sshd:x:107:65534::/run/sshd:/bin/false\n`);
  mkdirSync("/run/sshd", { recursive: true });
  await run("chmod", ["-R", "go-w", FOLDER]);
  for (const [host, port] of Object.entries(PORTS)) {
    const lines = [
      `Port ${port}`,
      `ListenAddress ${HOST}`,
      `HostKey ${file(`host-${host}`)}`,
      `PidFile none`,
      `AuthorizedKeysFile ${file("authorized_keys")}`,
      // The checkout may be anybody's.
      "StrictModes no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
    ];
    writeFileSync(file(`${host}.conf`), `${lines.join("\n")}\n`);
    const command = unpackedFile("openssh-server/usr/sbin/sshd");
    startDaemon({ name: `sshd-${host}`, command, args: ["-D", "-e", "-f", file(`${host}.conf`)] });
    await eventually(`sshd on port ${port}`, async () =>
      (await outcome("ssh-keyscan", ["-p", String(port), HOST])).stdout === "" ? undefined : true,
    );
  }
}

export async function stopSsh(): Promise<void> {
  for (const host of Object.keys(PORTS)) await stopDaemon(`sshd-${host}`);
}
