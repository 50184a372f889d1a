import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { spawned, type Spawned } from "../../spawned";
import { GocdStandIn } from "../stand-in";
import { readArguments } from "./arguments";
import { runContract } from "./run";

const PASSWORD = "a-password-that-nobody-may-see";
const MAIN = join(__dirname, "main.ts");

const gocd = new GocdStandIn({
  tokenKey: "a-token-key",
  logIn: (user, password) => (user === "admin" && password === PASSWORD ? "admin" : undefined),
});
beforeAll(() => gocd.start());
beforeEach(() => {
  gocd.fairWeather();
});
afterAll(() => gocd.stop());

const LOG_IN = { GOCD_USERNAME: "admin", GOCD_PASSWORD: PASSWORD };

async function contract(args: readonly string[]): Promise<Spawned> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const status = await runContract(args, LOG_IN, { stdout: stream("stdout"), stderr: stream("stderr") });
  return { status, ...written };
}

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

/** But for the users: whoever logs in is one from then on. */
const configured = (): string => JSON.stringify({ ...gocd.configuration.state, users: [] });

test("a server that answers as GoCD does is held, and stays as it is", async () => {
  const { requests } = gocd;
  const before = configured();
  const { status, stdout, stderr } = await contract(["--server", new URL(gocd.url).origin]);
  expect(stdout).toMatch(/^\d+ lines as GoCD 26\.1\.0 answers, 0 not$/m);
  expect(stdout).toMatch(/^left out: \d+ lines, as they change the server \(--disposable\)$/m);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(requests.length).toBeGreaterThan(100);
  expect(configured()).toBe(before);
  expect(gocd.agents.all()).toEqual([]);
});

test("what a server answers otherwise is a table that fits 80 columns, without its password", async () => {
  gocd.weather.versionsApart = 1;
  const { status, stdout } = await contract(["--server", gocd.url]);
  expect(stdout).toMatch(/access to \/api\/agents\S* .*status +200 +404/);
  expect(stdout).toMatch(/^\d+ lines as GoCD 26\.1\.0 answers, \d+ not$/m);
  expect(status).toBe(1);
  expect(widest(stdout)).toBeLessThanOrEqual(80);
  expect(stdout).not.toContain(PASSWORD);
});

test("with --json every line says what came of it", async () => {
  gocd.weather.withoutTags = true;
  const { status, stdout } = await contract(["--server", gocd.url, "--json"]);
  const { version, lines } = JSON.parse(stdout) as { readonly version: string; readonly lines: readonly object[] };
  expect(version).toBe("26.1.0");
  expect(lines).toContainEqual({
    scenario: "access to /api/server_health_messages",
    says: "answers an administrator",
    ask: "GET /api/server_health_messages",
    as: "admin",
    differences: [{ what: "etag", wanted: '/^"[^"]+"$/', found: "nothing" }],
  });
  expect(status).toBe(1);
});

describe("a server that is not there yet", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test("one line says that nothing answers", async () => {
    const { status, stdout, stderr } = await contract(["--server", "http://127.0.0.1:9/go"]);
    expect(stderr).toBe("contract: http://127.0.0.1:9/go does not answer\n");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });

  test("one line says that it did not start in time", async () => {
    server = createServer((_request, response) => {
      response.writeHead(503, { "Content-Type": "text/plain" }).end("GoCD server is starting\n");
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/go`;
    const { status, stderr } = await contract(["--server", url]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `contract: ${url} has not started\n` });
  });
});

const URL_OF_GOCD = ["--server", "http://127.0.0.1/go"];

test.each([
  ["an unknown option", ["--nonsense"], LOG_IN, /^unknown option --nonsense$/],
  ["no server", [], LOG_IN, /^--server URL is missing$/],
  ["a server without a scheme", ["--server", "gocd"], LOG_IN, /^--server is "gocd", wanted is an address such/],
  ["a log-in", ["--server", `http://admin:${PASSWORD}@127.0.0.1/go`], LOG_IN, /^--server has a log-in; it goes/],
  ["words for seconds", [...URL_OF_GOCD, "--wait", "long"], LOG_IN, /^--wait is "long", wanted are seconds$/],
  ["nobody's password", URL_OF_GOCD, { GOCD_USERNAME: "admin" }, /^GOCD_USERNAME and GOCD_PASSWORD are not set/],
] as const)("%s on the command line is refused in one line", (_what, args, environment, line) => {
  const found = readArguments(args, environment);
  expect(found).toEqual({ wrong: expect.stringMatching(line) as string });
  expect(JSON.stringify(found)).not.toContain(PASSWORD);
  expect("wrong" in found && found.wrong.split("\n")).toHaveLength(1);
});

test("what is refused ends the command with status 2", async () => {
  const { status, stdout, stderr } = await spawned(MAIN, ["--nonsense"]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("the help fits 80 columns and names every option", async () => {
  const { status, stdout } = await contract(["--help"]);
  expect(status).toBe(0);
  expect(widest(stdout)).toBeLessThanOrEqual(80);
  for (const option of ["--server", "--disposable", "--wait", "--no-local-agents", "--json", "--help"])
    expect(stdout).toContain(option);
});
