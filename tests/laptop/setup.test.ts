import bcryptjs from "bcryptjs";
import { spawnSync } from "node:child_process";
import { createHmac, createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { connect, createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { parse, parseAllDocuments } from "yaml";
import { ConfigFolder } from "../../images/housekeeping/src/config";
import { run } from "../../laptop/run";
import { setUp } from "../../laptop/setup";

const { compareSync, hashSync } = bcryptjs;
// Each start hashes two passwords, at a cost that is meant to be high; tests/components/credentials has the hash as it is.
beforeEach(() => {
  jest
    .spyOn(bcryptjs, "hashSync")
    .mockImplementation((text, salt) => hashSync(text, String(salt).replace("$10$", "$04$")));
});

const ROOT = join(__dirname, "../..");
let folder: string;

/** The program as the image runs it. */
function main(...args: readonly string[]) {
  return spawnSync(process.execPath, ["-r", "offline-preview/register", join(ROOT, "laptop/main.ts"), ...args], {
    encoding: "utf8",
    env: { ...process.env, SECRETS_FOLDER: folder },
  });
}

/** What it prints, without the start of a process. */
const printed = (command?: string): Promise<string> => run(command, { SECRETS_FOLDER: folder });
/** What the first and every later start do. */
const up = (agents = 1): Promise<string> => setUp({ folder, agents });

function files(): Record<string, { readonly content: string; readonly mode: string; readonly written: number }> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const name = join(entry.parentPath, entry.name);
      const { mode, mtimeMs } = statSync(name);
      return [
        relative(folder, name),
        { content: readFileSync(name, "utf8"), mode: (mode & 0o777).toString(8), written: mtimeMs },
      ];
    }),
  );
}
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const keys = () => JSON.parse(read("keys.json")) as Record<string, string>;
const side = (agent: string, which: "daemon" | "client") => ({
  ca: read(`${agent}/${which}/ca.pem`),
  cert: read(`${agent}/${which}/cert.pem`),
  key: read(`${agent}/${which}/key.pem`),
});

const PEM = ["ca.pem", "cert.pem", "key.pem"];
const ofAgent = (agent: string) => [
  ...["client", "daemon"].flatMap((which) => PEM.map((file) => `${agent}/${which}/${file}`)),
  `${agent}/docker/daemon.json`,
  `${agent}/identity/token`,
  `${agent}/identity/uuid`,
];
const ALWAYS = [
  ...["agents.json", "config.json", "password", "token-generation-key", "username"].map(
    (file) => `housekeeping/${file}`,
  ),
  "keys.json",
  ...["cipher.aes", "cruise-config.xml", "passwd"].map((file) => `server/${file}`),
];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laptop-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the first start", () => {
  test("makes every file that a container reads, for its owner and group alone", () => {
    const { status, stdout, stderr } = main();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^GoCD is at http/);
    const made = files();
    expect(Object.keys(made).sort()).toEqual([...ALWAYS, ...ofAgent("docker-0")].sort());
    for (const [name, { mode }] of Object.entries(made))
      expect({ name, mode }).toEqual({ name, mode: name === "keys.json" ? "400" : "440" });
  });

  test("prints how to see the password, and no secret", async () => {
    const told = await printed();
    expect(told).toMatch(/http:\/\/127\.0\.0\.1:8153.*docker compose run --rm setup password/);
    const secret = [...Object.values(keys()), read("docker-0/identity/token"), side("docker-0", "client").key];
    expect(secret.filter((each) => told.includes(each))).toEqual([]);
  });

  test("seeds the server so that the password shown is the one that opens it", async () => {
    await up();
    const shown = await printed("password");
    const [, hash = ""] = /^admin:(.*)$/m.exec(read("server/passwd")) ?? [];
    expect(compareSync(shown, hash)).toBe(true);
    expect(compareSync("admin", hash)).toBe(false);
    const seed = read("server/cruise-config.xml");
    expect(seed).toContain("<value>/etc/gocd-server/passwd</value>");
    expect(seed).toContain(`tokenGenerationKey="${keys()["tokenGenerationKey"] ?? ""}"`);
    expect(seed).not.toContain("undefined");
    expect(read("server/cipher.aes")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("gives housekeeping a configuration that it accepts, with the identity that the agent has", async () => {
    await up(2);
    const config = new ConfigFolder(join(folder, "housekeeping")).read();
    const { agents, settings, tokenGenerationKey, username, password } = config;
    expect(agents.map(({ hostname, uuid }) => ({ hostname, uuid }))).toEqual(
      ["docker-0", "docker-1"].map((hostname) => ({ hostname, uuid: read(`${hostname}/identity/uuid`) })),
    );
    expect(tokenGenerationKey).toBe(keys()["tokenGenerationKey"]);
    for (const { hostname, uuid } of agents)
      expect(read(`${hostname}/identity/token`)).toBe(
        createHmac("sha256", tokenGenerationKey).update(uuid).digest("base64"),
      );
    expect(username).toBe("housekeeping");
    const [, hash = ""] = /^housekeeping:(.*)$/m.exec(read("server/passwd")) ?? [];
    expect(compareSync(password, hash)).toBe(true);
    // The names by which the agents are looked up are those that compose.yaml gives them.
    const compose = parse(readFileSync(join(ROOT, "compose.yaml"), "utf8"), { merge: true }) as {
      readonly services: Record<string, { readonly networks: Record<string, { readonly aliases: string[] }> }>;
    };
    for (const { hostname, pool } of agents)
      expect(compose.services[hostname]?.networks[hostname]?.aliases).toEqual([
        `${hostname}.${pool}.${settings.agentsDomain ?? ""}`,
      ]);
  });

  test("gives the daemon the settings that the cluster's have by default", async () => {
    await up();
    const objects = parseAllDocuments(readFileSync(join(ROOT, "tests/golden/dev.yaml"), "utf8")).map(
      (document) => document.toJS() as unknown,
    );
    const found = JSON.stringify(objects).match(/"daemon\.json":("(?:[^"\\]|\\.)*")/)?.[1];
    const cluster = JSON.parse(JSON.parse(found ?? '"null"') as string) as object;
    const laptop = JSON.parse(read("docker-0/docker/daemon.json")) as object;
    // How much build cache there may be follows from the size of the volume.
    expect({ ...laptop, builder: undefined }).toEqual({ ...cluster, builder: undefined });
  });
});

describe("the certificates", () => {
  beforeEach(async () => {
    await up(2);
  });

  test("are self-signed pairs of an agent, each side trusting the other's alone, and the daemon's for loopback only", () => {
    const { daemon, client } = { daemon: side("docker-0", "daemon"), client: side("docker-0", "client") };
    expect(daemon.ca).toBe(client.cert);
    expect(client.ca).toBe(daemon.cert);
    for (const [{ cert, key }, use] of [
      [daemon, "1.3.6.1.5.5.7.3.1"],
      [client, "1.3.6.1.5.5.7.3.2"],
    ] as const) {
      const x509 = new X509Certificate(cert);
      expect(x509.verify(x509.publicKey)).toBe(true);
      expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true);
      expect({ ca: x509.ca, use: x509.keyUsage }).toEqual({ ca: false, use: [use] });
      const years = (Date.parse(x509.validTo) - Date.now()) / (365 * 86_400_000);
      expect(years).toBeGreaterThan(4.9);
      expect(years).toBeLessThanOrEqual(5);
    }
    expect(new X509Certificate(daemon.cert).subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
  });

  test("open the agent's own daemon and no other", async () => {
    const { ca, cert, key } = side("docker-0", "daemon");
    const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (socket) => {
      socket.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const talk = (credentials: object) =>
      new Promise<string>((resolve) => {
        const socket = connect({ port, host: "127.0.0.1", ca: cert, ...credentials });
        let heard = "";
        socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
        socket.on("error", () => {
          resolve("refused");
        });
        socket.on("close", () => {
          resolve(heard || "refused");
        });
      });
    const own = side("docker-0", "client");
    const other = side("docker-1", "client");
    expect(await talk({ cert: own.cert, key: own.key })).toBe("hello");
    expect(await talk({ cert: other.cert, key: other.key })).toBe("refused");
    expect(await talk({})).toBe("refused");
    expect(await talk({ cert: own.cert, key: own.key, ca: other.ca })).toBe("refused");
    server.close();
  });

  test("are made anew, both sides, when a start was interrupted between them", async () => {
    const before = files();
    rmSync(join(folder, "docker-0/client/cert.pem"));
    await up(2);
    const after = files();
    expect(after["docker-0/daemon/ca.pem"]?.content).toBe(after["docker-0/client/cert.pem"]?.content);
    expect(after["docker-0/daemon/cert.pem"]?.content).not.toBe(before["docker-0/daemon/cert.pem"]?.content);
    expect(after["docker-1/daemon/cert.pem"]?.content).toBe(before["docker-1/daemon/cert.pem"]?.content);
  });

  test("are renewed on demand, and asked for three months before their end", async () => {
    const laptop = { folder, agents: 1 };
    const { now } = Date;
    const clock = jest.spyOn(Date, "now").mockImplementation(() => now() + (5 * 365 - 89) * 86_400_000);
    const late = await setUp(laptop);
    clock.mockRestore();
    expect(late).toMatch(/the certificates of docker-0 end on \d{4}-\d\d-\d\d: .*setup renew/);
    expect(await setUp(laptop)).not.toContain("certificates");
    const before = files();
    expect(await printed("renew")).toContain("new certificates");
    const after = files();
    const changed = Object.keys(after).filter((name) => after[name]?.content !== before[name]?.content);
    expect(changed.sort()).toEqual(
      ofAgent("docker-0")
        .filter((name) => name.endsWith(".pem"))
        .sort(),
    );
    expect(side("docker-0", "client").ca).toBe(side("docker-0", "daemon").cert);
  });
});

describe("every later start", () => {
  test("writes nothing", async () => {
    await up();
    const before = files();
    await up();
    expect(files()).toEqual(before);
  });

  test("adds the second agent without touching the first", async () => {
    await up();
    const before = files();
    await up(2);
    const after = files();
    const changed = Object.keys(before).filter((name) => after[name]?.written !== before[name]?.written);
    expect(changed).toEqual(["housekeeping/agents.json"]);
    expect(
      Object.keys(after)
        .filter((name) => !(name in before))
        .sort(),
    ).toEqual(ofAgent("docker-1").sort());
    expect(after["housekeeping/agents.json"]?.content).toContain(read("docker-1/identity/uuid"));
    expect(read("docker-1/identity/uuid")).not.toBe(read("docker-0/identity/uuid"));
  });

  test("brings a changed setting, and keeps the keys", async () => {
    await up();
    const before = files();
    rmSync(join(folder, "docker-0/docker/daemon.json"));
    rmSync(join(folder, "server/cruise-config.xml"));
    await up();
    expect(Object.entries(files()).map(([name, { content }]) => [name, content])).toEqual(
      Object.entries(before).map(([name, { content }]) => [name, content]),
    );
  });
});

test("there is no password before the first start, and nothing else to ask for", async () => {
  await expect(printed("password")).rejects.toThrow("docker compose up");
  expect(main("pasword")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: "usage: docker compose run --rm setup [password|renew]\n",
  });
  expect(files()).toEqual({});
});
