import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfiguration } from "../../images/housekeeping/src/check-configuration";
import { logger } from "../../images/housekeeping/src/log";
import { runOrExit } from "../../images/housekeeping/src/main";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const configuration = (id: string) =>
  `<cruise schemaVersion="139"><server serverId="${id}"><security><authConfigs><authConfig id="a"/></authConfigs></security></server></cruise>\n`;
const CIPHER = "0123456789abcdef0123456789abcdef";

const gitIn = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args], { stdio: "pipe" });
const git = (...args: string[]) => gitIn(shell().path("repository"), ...args);

function commit(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) shell().write(`repository/${name}`, content);
  git("add", "--all");
  git("commit", "--quiet", "--message", "a");
}

function hook(step: readonly string[], env: Readonly<Record<string, string>>): Outcome {
  return shell().run("server/hooks/10-first-boot", {
    args: step,
    env: {
      HOME: shell().path("home"),
      SEED_DIR: shell().path("seed"),
      CONFIG_DIR: shell().path("config"),
      CONFIG_REPOSITORY: shell().path("repository"),
      ...env,
    },
  });
}

/** Housekeeping's step, in this process. */
async function check(): Promise<Outcome> {
  let stderr = "";
  let status = 0;
  const exit = (ended: number) => (status = ended);
  const env = { CONFIGURATION_FOLDER: shell().path("config") };
  const write = (line: string) => (stderr += line);
  await runOrExit({ env, once: () => undefined, exit }, logger({ write }), checkConfiguration);
  return { status, stdout: "", stderr };
}

/** A pod's containers one after the other, as far as they succeed; what all of them said. */
async function boot(env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const steps = [() => hook(["clone"], env), check, () => hook([], env)];
  const outcomes: Outcome[] = [];
  for (const step of env["CONFIG_REPOSITORY"] === "" ? steps.slice(2) : steps)
    if (outcomes.every(({ status }) => status === 0)) outcomes.push(await step());
  const said = (output: "stdout" | "stderr") => outcomes.map((outcome) => outcome[output]).join("");
  return { status: outcomes.at(-1)?.status ?? null, stdout: said("stdout"), stderr: said("stderr") };
}
const read = (name: string) => shell().read(`config/${name}`);

// Made once and copied: git is three processes a test.
const template = mkdtempSync(join(tmpdir(), "repository-"));
beforeAll(() => {
  writeFileSync(join(template, "README.md"), "");
  writeFileSync(join(template, "cruise-config.xml"), configuration("theirs"));
  mkdirSync(join(template, "log4j"));
  writeFileSync(join(template, "log4j/extra.xml"), "extra");
  gitIn(template, "init", "--quiet", "--initial-branch", "main");
  gitIn(template, "add", "--all");
  gitIn(template, "commit", "--quiet", "--message", "a");
});
afterAll(() => {
  rmSync(template, { recursive: true });
});

beforeEach(() => {
  shell().write("seed/cruise-config.xml", configuration("seed"), 0o440);
  shell().write("seed/cipher.aes", CIPHER, 0o440);
  cpSync(template, shell().path("repository"), { recursive: true });
});

describe("a configuration repository", () => {
  test("is what an empty disk starts from, with the key of the seed", async () => {
    expect(await boot()).toMatchObject({ status: 0 });
    expect([read("cruise-config.xml"), read("log4j/extra.xml")]).toEqual([configuration("theirs"), "extra"]);
    expect(read("cipher.aes")).toBe(CIPHER);
    expect(shell().mode("config/cruise-config.xml")).toBe("600");
    expect(read(".clone")).toBeUndefined();
  });

  test("gets the keys of the stack where it has none, and keeps those that it has", async () => {
    const keys = `agentAutoRegisterKey="r" serverId="s" tokenGenerationKey="t/&amp;" webhookSecret="w"`;
    shell().remove("seed/cruise-config.xml");
    shell().write("seed/cruise-config.xml", configuration("x").replace('serverId="x"', keys), 0o440);
    expect((await boot()).status).toBe(0);
    expect(read("cruise-config.xml")).toBe(
      configuration("theirs").replace(
        "<server ",
        '<server tokenGenerationKey="t/&amp;" webhookSecret="w" agentAutoRegisterKey="r" ',
      ),
    );
  });

  const KEYS = { serverId: "s", tokenGenerationKey: "t/&amp;", webhookSecret: "w", agentAutoRegisterKey: "r" };
  const written = (keys: object) =>
    Object.entries(keys)
      .map(([name, value]) => `${name}="${String(value)}"`)
      .join(" ");
  const old = (schema: number, server = "<server>") =>
    configuration("x").replace('"139"', `"${schema}"`).replace('<server serverId="x">', server);

  test.each([
    [40, []],
    [54, ["agentAutoRegisterKey"]],
    [92, ["serverId", "agentAutoRegisterKey"]],
    [99, ["serverId", "webhookSecret", "agentAutoRegisterKey"]],
    [100, ["serverId", "tokenGenerationKey", "webhookSecret", "agentAutoRegisterKey"]],
  ])("of schema %s gets the keys that this schema knows: with another GoCD would not start", async (schema, known) => {
    shell().remove("seed/cruise-config.xml");
    shell().write("seed/cruise-config.xml", configuration("x").replace('serverId="x"', written(KEYS)), 0o440);
    commit({ "cruise-config.xml": old(schema) });
    // GoCD migrates it at once.
    shell().command(
      "sleep",
      `sed -i 's/schemaVersion="[0-9]*"/schemaVersion="139"/' "$FIXTURE/config/cruise-config.xml"`,
    );
    expect((await boot({ SERVER_PID: "999999999" })).status).toBe(0);
    const names = /<server ?([^>]*)>/.exec(read("cruise-config.xml") ?? "")?.[1]?.match(/\w+(?==)/g) ?? [];
    expect(names).toEqual(known);
  });

  test("of an old schema starts twice, so that the stack's keys take the place of those that GoCD makes up", async () => {
    shell().remove("seed/cruise-config.xml");
    shell().write("seed/cruise-config.xml", configuration("x").replace('serverId="x"', written(KEYS)), 0o440);
    commit({ "cruise-config.xml": old(90, '<server serverId="theirs">') });
    const madeUp = 'tokenGenerationKey="0-1" webhookSecret="2-3"';
    shell().command(
      "sleep",
      `sed -i 's/schemaVersion="90"/schemaVersion="139"/; s/<server /<server ${madeUp} /' "$FIXTURE/config/cruise-config.xml"`,
    );
    const server = spawn("tail", ["-f", "/dev/null"], { stdio: "ignore" });
    const stopped = once(server, "exit");
    expect((await boot({ SERVER_PID: String(server.pid) })).stderr).toContain("it starts once more");
    expect((await stopped)[1]).toBe("SIGTERM");

    const again = await boot({ SERVER_PID: "999999999" });
    expect(again.stderr).toContain("the keys of the stack are in the migrated configuration");
    const element = /<server ([^>]*)>/.exec(read("cruise-config.xml") ?? "")?.[1] ?? "";
    for (const [name, value] of Object.entries({ ...KEYS, serverId: "theirs" }))
      expect(element.match(new RegExp(`${name}="[^"]*"`, "g"))).toEqual([`${name}="${value}"`]);
    expect(await boot()).toMatchObject({ status: 0, stderr: "" });
  });

  test("is cloned again after a first start that failed, and never after one that did not", async () => {
    await boot();
    commit({ "cruise-config.xml": configuration("mended") });
    expect((await boot()).stderr).toContain("never started");
    expect(read("cruise-config.xml")).toBe(configuration("mended"));

    shell().write("db/config.git/refs/heads/master", "0123");
    commit({ "cruise-config.xml": configuration("later") });
    expect(await boot()).toMatchObject({ status: 0, stderr: "" });
    expect(read("cruise-config.xml")).toBe(configuration("mended"));
  });

  test("with another key for agents' tokens stops the boot, since no agent could log in", async () => {
    commit({ "cruise-config.xml": configuration('a" tokenGenerationKey="other') });
    const outcome = await boot();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("has a tokenGenerationKey of its own");
    expect(outcome.stderr).not.toContain("other");
    expect(read("cruise-config.xml")).toBeUndefined();
  });

  test("brings its own key, if its secrets were encrypted with one", async () => {
    commit({ "cipher.aes": "f".repeat(32) });
    expect((await boot()).stderr).toContain("cipher.aes is not the stack's: kept");
    expect(read("cipher.aes")).toBe("f".repeat(32));
  });

  test("is taken from the branch that the settings name", async () => {
    git("checkout", "--quiet", "-b", "live");
    commit({ "cruise-config.xml": configuration("live") });
    git("checkout", "--quiet", "main");
    await boot({ CONFIG_REPOSITORY_BRANCH: "live" });
    expect(read("cruise-config.xml")).toBe(configuration("live"));
  });

  test("is not looked at again, whatever changes there or here", async () => {
    await boot();
    shell().write("config/cruise-config.xml", configuration("edited"));
    commit({ "cruise-config.xml": configuration("newer") });
    expect(await boot()).toMatchObject({ status: 0, stderr: "" });
    expect(read("cruise-config.xml")).toBe(configuration("edited"));
  });

  test("never replaces the configuration of a server that was set up without it", async () => {
    await boot({ CONFIG_REPOSITORY: "" });
    shell().write("db/config.git/refs/heads/master", "0123");
    expect((await boot()).status).toBe(0);
    expect(read("cruise-config.xml")).toBe(configuration("seed"));
  });

  test.each([
    ["cannot be cloned", () => ({ CONFIG_REPOSITORY: shell().path("nowhere") })],
    ["cannot be cloned", () => ({ CONFIG_REPOSITORY_BRANCH: "nowhere" })],
    ["has no <authConfig>", () => (commit({ "cruise-config.xml": "<cruise><server/></cruise>" }), {})],
    ["has no cruise-config.xml", () => (git("rm", "--quiet", "cruise-config.xml"), commit({}), {})],
  ])("that %s stops the boot, leaves nothing, and is taken once that is mended", async (says, spoil) => {
    const outcome = await boot(spoil());
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(says);
    expect([read("cruise-config.xml"), read("cipher.aes")]).toEqual([undefined, undefined]);
    commit({ "cruise-config.xml": configuration("mended") });
    expect((await boot()).status).toBe(0);
    expect(read("cruise-config.xml")).toBe(configuration("mended"));
  });

  test("is taken again from the start after an interruption", async () => {
    shell().write("config/.clone/half", "");
    shell().write("config/.git/objects/half", "", 0o444);
    shell().write("config/.cruise-config.xml.new", "half");
    expect((await boot()).status).toBe(0);
    expect(read("cruise-config.xml")).toBe(configuration("theirs"));
    expect(read(".git/objects/half")).toBeUndefined();
  });
});

describe("a private configuration repository", () => {
  let server: ChildProcess;
  let address: string;

  /** The repository as files, for whoever logs in; in a process of its own, because a boot blocks this one. */
  const SERVE = `
    const http = require("node:http"), fs = require("node:fs"), path = require("node:path");
    const wanted = "Basic " + Buffer.from("reader:t0ken").toString("base64");
    http.createServer((request, response) => {
      if (request.headers.authorization !== wanted)
        return response.writeHead(401, { "WWW-Authenticate": 'Basic realm="git"' }).end();
      const file = path.join(process.argv[1], request.url.replace(/\\?.*/, ""));
      fs.readFile(file, (error, content) => error ? response.writeHead(404).end() : response.end(content));
    }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

  beforeEach(async () => {
    git("update-server-info");
    server = spawn(process.execPath, ["-e", SERVE, shell().path("repository")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(server.stdout as NonNullable<typeof server.stdout>, "data")) as [Buffer];
    address = `127.0.0.1:${port.toString().trim()}`;
  });
  afterEach(() => {
    server.kill();
  });

  test("is read with the log-in of the Secret, which stays out of the disk and the log", async () => {
    const credentials = shell().write(
      "seed/git-credentials",
      `http://reader:t0ken@${encodeURIComponent("127.0.0.1")}:${address.split(":")[1] ?? ""}\n`,
      0o440,
    );
    const outcome = await boot({ CONFIG_REPOSITORY: `http://${address}/.git` });
    expect(outcome).toMatchObject({ status: 0 });
    expect(read("cruise-config.xml")).toBe(configuration("theirs"));
    expect(outcome.stdout + outcome.stderr + (read(".git/config") ?? "")).not.toContain("t0ken");
    expect(shell().read(credentials.slice(shell().path().length + 1))).toContain("t0ken");
  });

  test("stops the boot without one rather than wait for a person to type it", async () => {
    const outcome = await boot({ CONFIG_REPOSITORY: `http://${address}/.git` });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("cannot be cloned");
  });
});
