import { createHash, createHmac } from "node:crypto";
import { exec, kubectl } from "../../../kubernetes/kubectl";
import { startPolicyController, stopPolicyController } from "../../../kubernetes/policy-controller";
import { eventually, type Ended } from "../../../kubernetes/run";
import { attachAgent, startProxy, startStranger, STRANGER } from "../../access-helpers";
import { deployAccessStack, DESK, NAMESPACE, PROXIES, type Way } from "../../access-stack";
import { addressOf } from "../../pods";
import { hostAt, url, type Answer, type Host } from "../../host";
import { LISTEN, OTHER_PORT, reaches, type Origin } from "../../reach";
import { AGENTS, type AgentList } from "../../gocd-api";
import { gocd, registrationForm, secretText } from "../../server";
import { OWN_CLUSTER } from "../../test-images";

const GIB = 2 ** 30;
/** Longer than any time-out that a proxy has where nobody says anything: 60 seconds. README.md says how to have ten minutes of it. */
const CONSOLE_SECONDS = Number(process.env["GOCD_TEST_CONSOLE_SECONDS"] ?? 75);
const CONSOLE_MS = CONSOLE_SECONDS * 1000 + 60_000;
const WAYS = ["ingress", "gateway"] as const;

// Only the tests' own cluster can be given a proxy, and what enforces policies.
(OWN_CLUSTER ? describe : describe.skip)("a host behind a real proxy", () => {
  const stranger: Origin = [STRANGER, STRANGER, STRANGER];
  const hosts = {} as Record<Way, Host>;
  const consoles = {} as Record<Way, Promise<Answer>>;
  let server: string;
  let seed: string;
  let housekeeping: string;
  let service: string;

  const secretOf = (attribute: string) => new RegExp(`${attribute}="([^"]+)"`).exec(seed)?.[1] ?? "";

  beforeAll(async () => {
    for (const way of WAYS) hosts[way] = hostAt(await startProxy(way, await deployAccessStack(way)));
    await startStranger();
    server = await addressOf("gocd-server-0", NAMESPACE);
    service = await kubectl(["get", "service/gocd-server", "-n", NAMESPACE, "-o", "jsonpath={.spec.clusterIP}"]);
    seed = await secretText("gocd-server", NAMESPACE, "cruise-config.xml");
    housekeeping = `user = "housekeeping:${await secretText("gocd-housekeeping", NAMESPACE, "password")}"`;
    // Without policies it is, so that later it is they who refuse.
    await eventually("the server to be reached", async () => (await reaches(stranger, [server, 8153])) || undefined);
    startPolicyController();
    await eventually("the policies to be enforced", async () =>
      (await reaches(stranger, [server, 8153])) ? undefined : true,
    );
    const log = url(`/go/files/p/1/s/1/j/cruise-output/console.log?seconds=${CONSOLE_SECONDS}`);
    for (const way of WAYS)
      consoles[way] = hosts[way].ask(log, { options: ["--config", "-"], input: housekeeping, timeout: CONSOLE_MS });
  }, 400_000);

  afterAll(stopPolicyController, 60_000);

  describe.each(WAYS)("by %s", (way) => {
    const ask = (target: string, options: readonly string[] = [], input?: string) =>
      hosts[way].ask(target, { options, ...(input !== undefined && { input }) });

    test("shows the log-in by HTTPS, sends a stranger to it under the host, and gives Secure cookies alone", async () => {
      const page = await ask(url("/go/auth/login"));
      expect([page.stderr, page.status]).toEqual(["", 200]);
      expect(page.body).toContain("Log in");
      const home = await ask(url("/go/pipelines"));
      expect([home.status, /location: (\S+)/i.exec(home.head)?.[1]]).toEqual([302, url("/go/auth/login")]);
      expect(/set-cookie: (.*)/i.exec(home.head)?.[1]).toMatch(/; Secure;/);
    });

    test("answers HTTP with a redirect to HTTPS, and another name with nothing", async () => {
      const plain = await ask(url("/go/pipelines?a=b").replace("https:", "http:"));
      expect(plain.head).toMatch(/^HTTP\/1\.1 30[18] /);
      expect(/location: (\S+)/i.exec(plain.head)?.[1]).toBe(url("/go/pipelines?a=b"));
      expect(plain.head).not.toMatch(/set-cookie/i);
      expect((await ask(`http://${hosts[way].address}/go/auth/login`)).status).toBe(404);
    });

    test("lets a user in with the password, and nobody without one", async () => {
      const api = ["--header", "Accept: application/vnd.go.cd.v7+json"];
      expect((await ask(url("/go/api/agents"), api)).status).toBe(401);
      const wrong = await ask(url("/go/api/agents"), [...api, "--config", "-"], 'user = "admin:wrong"');
      expect(wrong.status).toBe(401);
      expect((await ask(url("/go/api/agents"), [...api, "--config", "-"], housekeeping)).status).toBe(200);
    });

    test("takes an artifact of a gibibyte from an agent with its token, and refuses it without", async () => {
      const agent = await registered();
      const upload = (headers: string): Promise<Ended> =>
        hosts[way].upload(url("/go/remoting/files/p/1/s/1/j/big"), GIB, headers);
      const sent = await upload(`header = "X-Agent-GUID: ${agent.uuid}"\nheader = "Authorization: ${agent.token}"`);
      const [told = "", status = ""] = sent.stdout.split("\n");
      expect([status, told]).toEqual(["201", JSON.stringify({ bytes: GIB, sha256: zerosSha256() })]);
      expect((await upload("")).stdout).toMatch(/\n?40[13]$/);
    });

    test("sends an artifact of a gibibyte to whoever has logged in", async () => {
      const counted = ["--output", "/dev/null", "--write-out", "%{size_download}", "--config", "-"];
      const { head } = await ask(url(`/go/files/p/1/s/1/j/big?bytes=${GIB}`), counted, housekeeping);
      // All of its answer is what it counted.
      expect(head).toBe(String(GIB));
    });

    test("takes a webhook that is signed with GoCD's secret, and no other", async () => {
      const push = JSON.stringify({ repository: { full_name: "a/b" }, ref: "refs/heads/main" });
      const tell = (key: string) =>
        ask(url("/go/api/webhooks/github/notify"), [
          ...["--header", "X-GitHub-Event: push", "--header", "Content-Type: application/json", "--data", push],
          ...["--header", `X-Hub-Signature: sha1=${createHmac("sha1", key).update(push).digest("hex")}`],
        ]);
      expect((await tell(secretOf("webhookSecret"))).status).toBe(202);
      expect((await tell("another")).status).toBe(401);
    });

    test("is the only way in: the proxy reaches GoCD's port and no other, and other pods reach nothing", async () => {
      const inServer: Origin = ["gocd-server-0", "server", NAMESPACE];
      await exec(...inServer, ["sh", "-c", LISTEN]);
      expect(await reaches(inServer, ["127.0.0.1", OTHER_PORT])).toBe(true);
      const proxy: Origin = [way, way, PROXIES];
      expect(await reaches(proxy, [server, 8153])).toBe(true);
      expect(await reaches(proxy, [server, OTHER_PORT])).toBe(false);
      expect(await reaches(stranger, [server, 8153])).toBe(false);
      expect(await reaches(stranger, [hosts[way].address, 443])).toBe(true);
    });

    test("is the way of an agent that somebody attaches: enabled at once with the key and its resources, or when an administrator approves", async () => {
      const key = secretOf("agentAutoRegisterKey");
      const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
        [`${way}-key`]: { AGENT_AUTO_REGISTER_KEY: key, AGENT_AUTO_REGISTER_RESOURCES: "desk,linux" },
        [`${way}-approved`]: {},
        // From a namespace of the settings the inside route is open as well.
        [`${way}-inside`]: { AGENT_AUTO_REGISTER_KEY: key, GO_SERVER_URL: `http://${service}:8153/go` },
      };
      for (const [name, environment] of Object.entries(environments))
        await attachAgent(name, { proxy: hosts[way].address, environment });
      const row = (name: string, state: string) =>
        eventually(`${name} to be ${state}`, async () => {
          const { _embedded } = await gocd<AgentList>({ ...AGENTS, namespace: NAMESPACE });
          return _embedded.agents.find((agent) => agent.hostname === name && agent.agent_config_state === state);
        });
      expect((await row(`${way}-key`, "Enabled")).resources).toEqual(["desk", "linux"]);
      const { uuid } = await row(`${way}-approved`, "Pending");
      const enable = { agent_config_state: "Enabled" };
      await gocd({ method: "PATCH", path: `/go/api/agents/${uuid}`, version: 7, body: enable, namespace: NAMESPACE });
      for (const name of Object.keys(environments))
        await eventually(`${name} to work`, async () =>
          (await row(name, "Enabled")).agent_state === "Idle" ? true : undefined,
        );
      const desk: Origin = [`${way}-key`, `${way}-key`, DESK];
      expect(await reaches(desk, [server, 8153])).toBe(true);
      expect(await reaches(desk, [server, OTHER_PORT])).toBe(false);
    });

    /** An agent that somebody attaches: it registers through the host with the key, and speaks with its token. */
    async function registered(): Promise<{ readonly uuid: string; readonly token: string }> {
      const uuid = crypto.randomUUID();
      const token = (await ask(url(`/go/admin/agent/token?uuid=${uuid}`))).body.trim();
      const form = registrationForm({
        ...{
          uuid,
          token,
          hostname: "desk",
          ipAddress: "192.0.2.1",
          agentAutoRegisterKey: secretOf("agentAutoRegisterKey"),
        },
        ...{ agentAutoRegisterResources: "docker", agentAutoRegisterEnvironments: "" },
      });
      expect((await ask(url("/go/admin/agent"), ["--data", "@-"], form)).status).toBe(200);
      return { uuid, token };
    }
  });
  // Last: they have been silent since the others began.
  test.each(WAYS)(
    "sends a console that is silent for longer than proxies wait, by %s",
    async (way) => {
      const { stderr, status, body } = await consoles[way];
      expect([stderr, status, body]).toEqual(["", 200, "begin\nend\n"]);
    },
    CONSOLE_MS,
  );
});

function zerosSha256(): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(2 ** 20);
  for (let left = GIB; left > 0; left -= chunk.length) hash.update(chunk);
  return hash.digest("hex");
}
