import { createHash, createHmac } from "node:crypto";
import { exec } from "../../../kubernetes/kubectl";
import { startPolicyController, stopPolicyController } from "../../../kubernetes/policy-controller";
import { eventually, outcome } from "../../../kubernetes/run";
import {
  CERTIFICATE,
  deployAccessStack,
  HOST,
  NAMESPACE,
  PROXY,
  proxyAddress,
  removeAccessStack,
  startProxy,
  STRANGER,
  type Way,
} from "../../access-stack";
import { addressOf } from "../../pods";
import { secretText } from "../../server";
import { OWN_CLUSTER } from "../../test-images";

const GIB = 2 ** 30;
/** Longer than any time-out that a proxy has where nobody says anything: 60 seconds. */
const CONSOLE_SECONDS = 75;

// Only the tests' own cluster can be given a proxy, and what enforces policies.
(OWN_CLUSTER ? describe : describe.skip).each<Way>(["ingress", "gateway"])(
  "a host behind a real proxy, by %s",
  (way) => {
    let address: string;

    /** Asks the host by its name and certificate, as a browser does. */
    const ask = async (target: string, options: readonly string[] = [], input?: string) => {
      const port = target.startsWith("https:") ? 443 : 80;
      const trust = ["--cacert", CERTIFICATE, "--resolve", `${HOST}:${port}:${address}`];
      const { stdout, stderr, code } = await outcome(
        "curl",
        ["--silent", "--show-error", "--max-time", "170", "--include", ...trust, ...options, target],
        { timeout: 175_000, ...(input !== undefined && { input }) },
      );
      const [head = "", ...rest] = stdout.split("\r\n\r\n");
      return { code, stderr, head, status: Number(head.split(" ")[1]), body: rest.join("\r\n\r\n") };
    };
    const url = (at: string) => `https://${HOST}${at}`;
    const reaches = async (from: string, host: string, port: number) =>
      (await exec(from, from, from, ["nc", "-w", "3", "-z", host, String(port)])).code === 0;

    beforeAll(async () => {
      const objects = await deployAccessStack(way);
      await startProxy(objects);
      address = await proxyAddress();
      startPolicyController();
      const server = await addressOf("gocd-server-0", NAMESPACE);
      await eventually("the policies to be enforced", async () =>
        (await reaches(STRANGER, server, 8153)) ? undefined : true,
      );
    }, 400_000);

    afterAll(async () => {
      await stopPolicyController();
      await removeAccessStack();
    }, 200_000);

    test("shows the log-in by HTTPS, sends a stranger to it under the host, and gives Secure cookies alone", async () => {
      const page = await ask(url("/go/auth/login"));
      expect([page.stderr, page.status]).toEqual(["", 200]);
      expect(page.body).toContain("Log in");
      const home = await ask(url("/go/pipelines"));
      expect([home.status, /location: (\S+)/i.exec(home.head)?.[1]]).toEqual([302, url("/go/auth/login")]);
      expect(/set-cookie: (.*)/i.exec(home.head)?.[1]).toMatch(/; Secure;/);
    });

    test("answers HTTP with a redirect to HTTPS, and another name with nothing", async () => {
      const plain = await ask(`http://${HOST}/go/pipelines?a=b`);
      expect(plain.head).toMatch(/^HTTP\/1\.1 30[18] /);
      expect(/location: (\S+)/i.exec(plain.head)?.[1]).toBe(url("/go/pipelines?a=b"));
      expect(plain.head).not.toMatch(/set-cookie/i);
      expect((await ask(`http://${address}/go/auth/login`)).status).toBe(404);
    });

    test("lets a user in with the password, and nobody without one", async () => {
      const password = await secretText("gocd-housekeeping", NAMESPACE, "password");
      const api = ["--header", "Accept: application/vnd.go.cd.v7+json"];
      expect((await ask(url("/go/api/agents"), api)).status).toBe(401);
      const config = [...api, "--config", "-"];
      expect((await ask(url("/go/api/agents"), config, `user = "housekeeping:${password}"`)).status).toBe(200);
    });

    test("takes an artifact of a gibibyte from an agent with its token, and refuses it without", async () => {
      const agent = await registered();
      const upload = async (headers: string) =>
        outcome(
          "sh",
          [
            "-c",
            `head -c ${GIB} /dev/zero | curl --silent --show-error --max-time 170 --cacert ${CERTIFICATE} --resolve ${HOST}:443:${address} --config /dev/fd/3 --write-out '\n%{http_code}' --upload-file - --request POST ${url("/go/remoting/files/p/1/s/1/j/big")} 3<<'CONFIG'\n${headers}\nCONFIG`,
          ],
          { timeout: 175_000 },
        );
      const { stdout } = await upload(
        `header = "X-Agent-GUID: ${agent.uuid}"\nheader = "Authorization: ${agent.token}"`,
      );
      const [told = "", status = ""] = stdout.split("\n");
      expect([status, told]).toEqual(["201", JSON.stringify({ bytes: GIB, sha256: zerosSha256() })]);
      expect((await upload("")).stdout).toMatch(/\n?40[13]$/);
    });

    test("sends a gibibyte, and a console that is silent for longer than proxies wait", async () => {
      const password = await secretText("gocd-housekeeping", NAMESPACE, "password");
      const log = `user = "housekeeping:${password}"`;
      const counted = ["--output", "/dev/null", "--write-out", "%{size_download}", "--config", "-"];
      const artifact = outcome(
        "curl",
        [
          "--silent",
          "--cacert",
          CERTIFICATE,
          "--resolve",
          `${HOST}:443:${address}`,
          ...counted,
          url(`/go/files/p/1/s/1/j/big?bytes=${GIB}`),
        ],
        { input: log, timeout: 175_000 },
      );
      const console = await ask(
        url(`/go/files/p/1/s/1/j/cruise-output/console.log?seconds=${CONSOLE_SECONDS}`),
        ["--config", "-"],
        log,
      );
      expect([console.stderr, console.status, console.body]).toEqual(["", 200, "begin\nend\n"]);
      expect((await artifact).stdout).toBe(String(GIB));
    });

    test("takes a webhook that is signed with GoCD's secret, and no other", async () => {
      const seed = await secretText("gocd-server", NAMESPACE, "cruise-config.xml");
      const secret = /webhookSecret="([^"]+)"/.exec(seed)?.[1] ?? "";
      const push = JSON.stringify({ repository: { full_name: "a/b" }, ref: "refs/heads/main" });
      const tell = (key: string) =>
        ask(url("/go/api/webhooks/github/notify"), [
          ...["--header", "X-GitHub-Event: push", "--header", "Content-Type: application/json", "--data", push],
          ...["--header", `X-Hub-Signature: sha1=${createHmac("sha1", key).update(push).digest("hex")}`],
        ]);
      expect((await tell(secret)).status).toBe(202);
      expect((await tell("another")).status).toBe(401);
    });

    test("is the only way in: the proxy reaches GoCD's port and no other, and other pods reach nothing", async () => {
      const server = await addressOf("gocd-server-0", NAMESPACE);
      await exec("gocd-server-0", "server", NAMESPACE, [
        "sh",
        "-c",
        "nc -ll -p 8199 -e true >/dev/null 2>&1 </dev/null & true",
      ]);
      expect(await reaches(PROXY, server, 8153)).toBe(true);
      expect(await reaches(PROXY, server, 8199)).toBe(false);
      expect(await reaches(STRANGER, server, 8153)).toBe(false);
      // A way to the proxy there is, so it is the policy that refuses.
      expect(await reaches(STRANGER, address, 443)).toBe(true);
    });

    /** An agent that somebody attaches: it registers through the host with the key, and speaks with its token. */
    async function registered(): Promise<{ readonly uuid: string; readonly token: string }> {
      const uuid = crypto.randomUUID();
      const token = (await ask(url(`/go/admin/agent/token?uuid=${uuid}`))).body.trim();
      const seed = await secretText("gocd-server", NAMESPACE, "cruise-config.xml");
      const key = /agentAutoRegisterKey="([^"]+)"/.exec(seed)?.[1] ?? "";
      const form = {
        ...{
          uuid,
          token,
          hostname: "desk",
          ipAddress: "192.0.2.1",
          location: "/go",
          usablespace: "1000000",
          operatingSystem: "Linux",
        },
        ...{ agentAutoRegisterKey: key, agentAutoRegisterResources: "docker", agentAutoRegisterEnvironments: "" },
        ...{ agentAutoRegisterHostname: "desk", elasticAgentId: "", elasticPluginId: "" },
      };
      const body = new URLSearchParams(form).toString();
      expect((await ask(url("/go/admin/agent"), ["--data", "@-"], body)).status).toBe(200);
      return { uuid, token };
    }
  },
);

function zerosSha256(): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(2 ** 20);
  for (let left = GIB; left > 0; left -= chunk.length) hash.update(chunk);
  return hash.digest("hex");
}
