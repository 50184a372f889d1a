// A company's network on the node of the sandbox: a proxy that is real, what is behind it, and a firewall that lets nothing out beside it.
import { hashSync } from "bcryptjs";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import path from "node:path";
import { SERVICES } from "../../../kubernetes/control-plane";
import { startDaemon, stopDaemon } from "../../../kubernetes/daemons";
import { unpackedFile } from "../../../kubernetes/debian";
import { LOGS, STATE } from "../../../kubernetes/paths";
import { eventually, outcome, run } from "../../../kubernetes/run";
import { POD_NETWORK } from "../../../kubernetes/sandbox";
import { BUCKET_NAME } from "../../backup-stack";
import { dockerBinary } from "../../binaries";

const FOLDER = path.join(STATE, "company");
const file = (name: string) => path.join(FOLDER, name);

/** Addresses for documentation, which belong to nobody: the proxy's, and those outside. */
const PROXY_ADDRESS = "198.51.100.3";
const PROXY_PORT = 3128;
export const PROXY_URL = `http://${PROXY_ADDRESS}:${PROXY_PORT}`;
/** Files by HTTPS with a certificate of the company's authority: the Git repository, the plugin. */
export const FILES = "203.0.113.10";
/** A registry with such a certificate, one by plain HTTP, and a cache of the first that stands for Docker Hub's. */
export const REGISTRY = "203.0.113.20:443";
export const INSECURE = "203.0.113.21:5000";
export const MIRROR = "203.0.113.22:443";
/** One with such a certificate that wants a log-in. */
export const PRIVATE = "203.0.113.23:443";
export const PRIVATE_USER = { name: "builder", password: randomBytes(12).toString("hex") };
/** One for the node itself, which asks its own address by HTTP, and that user to log in. */
export const NODE_REGISTRY = "127.0.0.1:5001";
/** Google Cloud Storage's stand-in, by HTTP; and the metadata server's, which nobody asks a proxy for. */
export const STORAGE = "203.0.113.30:8080";
export const METADATA = "169.254.169.254:8080";

const hostOf = (authority: string) => authority.split(":")[0] ?? "";
const OUTSIDE = [FILES, ...[REGISTRY, INSECURE, MIRROR, PRIVATE, STORAGE].map(hostOf)];

/** The Git repository on the node, which sshd offers as well. */
export const REPOSITORY = path.join(file("www"), "repo.git");

/** What the plugin's jar holds. */
const PLUGIN = "a plugin\n";
export const PLUGIN_CHECKSUM = createHash("sha256").update(PLUGIN).digest("hex");
export const HELLO = "hello from outside";

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args);
  if (status !== 0) throw new Error(stderr.toString());
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** The authority, in PEM; made once for a run, with a certificate for everything outside. */
export function authority(): string {
  if (!existsSync(file("ca.crt"))) {
    mkdirSync(FOLDER, { recursive: true });
    const names = OUTSIDE.map((address) => `IP:${address}`).join(",");
    openssl("req", "-x509", ...EC, "-subj", "/CN=Company CA", "-keyout", file("ca.key"), "-out", file("ca.crt"));
    openssl("req", ...EC, "-subj", "/CN=outside", "-keyout", file("server.key"), "-out", file("server.csr"));
    writeFileSync(file("server.ext"), `subjectAltName=${names}\n`);
    const signed = ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial", "-extfile", file("server.ext")];
    openssl("x509", "-req", "-days", "2", "-in", file("server.csr"), ...signed, "-out", file("server.crt"));
  }
  return readFileSync(file("ca.crt"), "utf8");
}

/** Starts all of it, and returns what ends it. */
export async function startCompanyNetwork(): Promise<() => Promise<void>> {
  authority();
  const addresses = [PROXY_ADDRESS, ...OUTSIDE, hostOf(METADATA)];
  for (const address of addresses) await run("ip", ["address", "replace", `${address}/32`, "dev", "lo"]);
  await makeRepository();
  const files = await serveFiles();
  startProxy();
  startRegistry("registry-of-the-company", REGISTRY, {});
  startRegistry("registry-without-tls", INSECURE, { plain: true });
  writeFileSync(file("passwords"), `${PRIVATE_USER.name}:${hashSync(PRIVATE_USER.password, 4)}\n`);
  startRegistry("registry-with-log-in", PRIVATE, { users: file("passwords") });
  startRegistry("registry-of-the-node", NODE_REGISTRY, { plain: true, users: file("passwords") });
  startStorage();
  await answering(`https://${FILES}/hello`, `https://${REGISTRY}/v2/`, `http://${INSECURE}/v2/`);
  // It asks the registry when it starts.
  startRegistry("mirror", MIRROR, { of: `https://${REGISTRY}` });
  await answering(`https://${MIRROR}/v2/`, `http://${STORAGE}/stand-in/objects`);
  await closeFirewall();
  return async () => {
    await openFirewall();
    for (const name of DAEMONS) await stopDaemon(name);
    await new Promise((resolve) => files.close(resolve));
    for (const address of addresses) await run("ip", ["address", "delete", `${address}/32`, "dev", "lo"]);
  };
}

const DAEMONS = [
  "tinyproxy",
  "registry-of-the-company",
  "registry-without-tls",
  "registry-with-log-in",
  "registry-of-the-node",
  "mirror",
  "storage-outside",
];

function startProxy(): void {
  const lines = [
    `Port ${PROXY_PORT}`,
    `Listen ${PROXY_ADDRESS}`,
    "Timeout 600",
    "LogLevel Connect",
    "MaxClients 200",
    "DisableViaHeader Yes",
  ];
  writeFileSync(file("tinyproxy.conf"), `${lines.join("\n")}\n`);
  const command = unpackedFile("tinyproxy-bin/usr/bin/tinyproxy");
  startDaemon({ name: "tinyproxy", command, args: ["-d", "-c", file("tinyproxy.conf")] });
}

/** What the proxy was asked for: authorities of CONNECT, and URLs. */
export const asked = (): readonly string[] =>
  [
    ...readFileSync(path.join(LOGS, "tinyproxy.log"), "utf8").matchAll(/Request \(file descriptor \d+\): \S+ (\S+)/g),
  ].map(([, target = ""]) => target);

interface RegistryOptions {
  readonly plain?: true;
  /** What it is a cache of. */
  readonly of?: string;
  /** The file with who may log in. */
  readonly users?: string;
}

function startRegistry(name: string, at: string, { plain, of, users }: RegistryOptions): void {
  const tls = plain ? {} : { tls: { certificate: file("server.crt"), key: file("server.key") } };
  const config = {
    version: "0.1",
    // The two that are no cache have the same images: what is pushed to one is pulled from the other.
    storage: { filesystem: { rootdirectory: file(of === undefined ? "images" : name) } },
    http: { addr: at, ...tls },
    ...(of !== undefined && { proxy: { remoteurl: of } }),
    ...(users !== undefined && { auth: { htpasswd: { realm: "company", path: users } } }),
  };
  writeFileSync(file(`${name}.json`), JSON.stringify(config));
  startDaemon({
    name,
    command: dockerBinary("registry"),
    args: ["serve", file(`${name}.json`)],
    env: { SSL_CERT_FILE: file("ca.crt"), OTEL_TRACES_EXPORTER: "none" },
  });
}

function startStorage(): void {
  const [, port = ""] = STORAGE.split(":");
  const stand = path.join(__dirname, "../../../../support/storage-stand-in/main.ts");
  const args = ["-r", "offline-preview/register", stand];
  startDaemon({ name: "storage-outside", command: process.execPath, args, env: { PORT: port, BUCKET: BUCKET_NAME } });
}

/** A repository with one file, in the form that any server of files can offer. */
async function makeRepository(): Promise<void> {
  const git = (folder: string, ...args: readonly string[]) =>
    run("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-C", folder, ...args]);
  if (existsSync(file("www"))) return;
  mkdirSync(file("work"), { recursive: true });
  mkdirSync(file("www"));
  await git(file("work"), "init", "-q", "-b", "main");
  writeFileSync(path.join(file("work"), "greeting"), HELLO);
  await git(file("work"), "add", ".");
  await git(file("work"), "commit", "-q", "-m", "one");
  await git(FOLDER, "clone", "-q", "--bare", file("work"), REPOSITORY);
  await git(REPOSITORY, "update-server-info");
  writeFileSync(path.join(file("www"), "hello"), HELLO);
  writeFileSync(path.join(file("www"), "plugin.jar"), PLUGIN);
}

async function serveFiles(): Promise<Server> {
  const server = createServer({ cert: readFileSync(file("server.crt")), key: readFileSync(file("server.key")) });
  server.on("request", ({ url = "/" }, response) => {
    const asked = path.join(file("www"), path.posix.normalize(`/${url.replace(/\?.*/, "")}`));
    const found = existsSync(asked);
    response.writeHead(found ? 200 : 404).end(found ? readFileSync(asked) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(443, FILES, resolve));
  return server;
}

const CHAIN = "BESIDE-THE-PROXY";

/** Refuses, and counts, what pods send anywhere but to pods, Services, the node's name server, the metadata server and the proxy. */
async function closeFirewall(): Promise<void> {
  await run("iptables", ["-N", CHAIN]);
  for (const allowed of [POD_NETWORK.subnet, SERVICES, PROXY_ADDRESS, hostOf(METADATA)])
    await run("iptables", ["-A", CHAIN, "-d", allowed, "-j", "RETURN"]);
  await run("iptables", ["-A", CHAIN, "-j", "REJECT"]);
  for (const from of ["INPUT", "FORWARD"]) await run("iptables", ["-I", from, "-s", POD_NETWORK.subnet, "-j", CHAIN]);
}

async function openFirewall(): Promise<void> {
  for (const from of ["INPUT", "FORWARD"])
    await outcome("iptables", ["-D", from, "-s", POD_NETWORK.subnet, "-j", CHAIN]);
  for (const change of ["-F", "-X"]) await outcome("iptables", [change, CHAIN]);
}

/** How many packets were refused. */
export async function besideTheProxy(): Promise<number> {
  const rules = await run("iptables", ["-L", CHAIN, "-v", "-n", "-x"]);
  const [, packets] = /^\s*(\d+)\s+\d+\s+REJECT/m.exec(rules) ?? [];
  if (packets === undefined) throw new Error(`no rule refuses anything:\n${rules}`);
  return Number(packets);
}

/** Asks something outside from the node, directly. */
export const outside = (url: string) =>
  outcome("curl", ["--silent", "--fail", "--noproxy", "*", "--cacert", file("ca.crt"), "--max-time", "5", url]);

async function answering(...urls: readonly string[]): Promise<void> {
  for (const url of urls)
    await eventually(`${url} to answer`, async () => ((await outside(url)).code === 0 ? true : undefined), 60_000);
}
