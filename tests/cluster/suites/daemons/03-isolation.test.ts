import { AGENTS_NAMESPACE, deployed, manifests, POOL, SERVER_NAMESPACE } from "../../harness/deploy";
import { kubectl, type KubernetesObject } from "../../harness/kubectl";
import { agent, inAgent, inDind, job, loadTool, pod } from "../../harness/pods";
import { eventually } from "../../harness/run";

const DAEMON = "https://127.0.0.1:2376/_ping";

interface Secret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

const isSecret = (object: KubernetesObject): object is Secret => object.kind === "Secret";

let secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;

beforeAll(async () => {
  await deployed();
  await Promise.all([loadTool(0), loadTool(1)]);
  const found = ((await manifests()) as readonly KubernetesObject[]).filter(isSecret);
  secrets = new Map(found.map(({ metadata, stringData }) => [metadata.name, stringData]));
}, 300_000);

const secret = (name: string, key: string): string => {
  const value = secrets.get(name)?.[key];
  if (value === undefined) throw new Error(`the program has no ${key} in the Secret ${name}`);
  return value;
};

/** What the server's side keeps to itself: log-ins, and every key in the configuration. */
function ofServer(): readonly string[] {
  const keys = secret("gocd-server", "cruise-config.xml").matchAll(/ (?:\w+Key|\w+Secret|serverId)="([^"]+)"/g);
  const hashes = secret("gocd-server", "passwd").trim().split("\n");
  const found = [...keys].map(([, value = ""]) => value).concat(hashes.map((line) => line.replace(/^[^:]*:/, "")));
  // Four keys and two users: a new name for one must not make it a secret that nobody looks for.
  expect(found).toHaveLength(6);
  return [...found, secret("gocd-housekeeping", "password"), secret("gocd-server", "cipher.aes")];
}

test("an agent sees neither the containers nor the images of another", async () => {
  await job(
    0,
    "docker tag tool:1 private:1; docker rm -f lone >/dev/null 2>&1; docker run -d --name lone private:1 sleep 600 >/dev/null",
  );
  expect(await job(1, "docker ps -a --format '{{.Names}}'")).not.toContain("lone");
  expect(await job(1, "docker images --format '{{.Repository}}'")).not.toContain("private");
  await job(0, "docker rm -f lone >/dev/null");
});

describe("an agent's daemon", () => {
  const docker = (directory: string) =>
    inAgent(0, `DOCKER_CERT_PATH=${directory} docker info --format '{{.ServerErrors}}' 2>&1`);

  test("answers its own agent", async () => {
    expect((await docker("/certs/client")).stdout.trim()).toBe("[]");
  });

  test("refuses the certificate of another agent", async () => {
    for (const file of ["cert.pem", "key.pem"])
      await inAgent(0, `mkdir -p /tmp/other; cat >/tmp/other/${file}`, {
        input: secret(`${POOL}-client-tls`, `${agent(1)}.${file}`),
      });
    await job(0, "cp /certs/client/ca.pem /tmp/other/ca.pem");
    expect((await docker("/tmp/other")).stdout).toMatch(
      /bad certificate|unknown certificate authority|certificate required/,
    );
  });

  test("refuses a client without a certificate", async () => {
    const { code, stderr } = await inAgent(0, `curl --silent --show-error --cacert /certs/client/ca.pem ${DAEMON}`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/certificate required|bad certificate/);
  });

  test("refuses plain HTTP", async () => {
    expect(
      await job(0, `curl --silent --output /dev/null --write-out '%{http_code}' ${DAEMON.replace("https", "http")}`),
    ).toBe("400");
  });

  test("is closed on the pod's address, where another port is open", async () => {
    const address = (await pod(agent(0))).status.podIP ?? "";
    const connect = (port: number) => inDind(0, `nc -w 2 ${address} ${port} </dev/null`);
    await inDind(0, "nc -ll -p 8199 -e true >/dev/null 2>&1 </dev/null & sleep 1");
    const control = await eventually(
      "a port that is open",
      async () => ((await connect(8199)).code === 0 ? true : undefined),
      5_000,
    ).catch(() => false);
    expect(control).toBe(true);
    expect((await connect(2376)).code).not.toBe(0);
  });
});

describe("a container that a job starts without --privileged", () => {
  const own = ["cat /certs/client/key.pem", "cat /etc/gocd-agent/token"] as const;

  /**
   * Every file that a container with the daemon's whole file system in it can read and that holds this text. The text is in
   * memory only, or the search would find itself.
   */
  const readable = (text: string) =>
    job(
      0,
      `docker run --rm -i --tmpfs /own -v /:/host tool:1 sh -c '
        cat >/own/text
        for top in /host/*; do
          case $top in /host/proc | /host/sys | /host/dev) continue ;; esac
          find $top -type f -exec /bin/busybox grep -lF -f /own/text {} + 2>/dev/null
        done
        true'`,
      { input: text },
    );

  test("finds no secret in any file of the daemon, though it finds what is there to be found", async () => {
    await job(0, "echo a-text-that-is-there >/godata/pipelines/known");
    const texts = [
      "a-text-that-is-there",
      ...[0, 1].flatMap((ordinal) => [
        secret(`${POOL}-identity`, `${agent(ordinal)}.token`),
        secret(`${POOL}-identity`, `${agent(ordinal)}.uuid`),
        line(secret(`${POOL}-daemon-tls`, `${agent(ordinal)}.key.pem`)),
        line(secret(`${POOL}-client-tls`, `${agent(ordinal)}.key.pem`)),
      ]),
      ...ofServer(),
    ];
    const found = (await readable(texts.map((text) => `${text}\n`).join(""))).split("\n");
    expect(new Set(found)).toEqual(new Set(["/host/go-working-dir/pipelines/known", "/host/godata/pipelines/known"]));
  });

  test("finds no key under /certs, nor through the processes of the daemon", async () => {
    await eventually(
      "the keys to be hidden",
      async () => ((await job(0, "docker run --rm -v /certs:/c tool:1 find /c -type f")) === "" ? true : undefined),
      30_000,
    );
    expect(
      await job(
        0,
        "docker run --rm -v /proc:/p tool:1 sh -c 'cat /p/[0-9]*/root/certs/server/key.pem /p/[0-9]*/environ 2>/dev/null' || true",
      ),
    ).not.toContain("KEY");
  });

  test("is told its own agent's token and key by the agent alone", async () => {
    const [key, token] = await Promise.all(own.map((command) => job(0, command)));
    expect([key, token]).toEqual([
      secret(`${POOL}-client-tls`, `${agent(0)}.key.pem`).trim(),
      secret(`${POOL}-identity`, `${agent(0)}.token`),
    ]);
  });
});

describe("the agent's container", () => {
  test("holds this agent's token and client key, and no other secret", async () => {
    const mounted = await job(
      0,
      "find / -xdev -prune -o -type f -print 2>/dev/null; grep -vE '^(proc|sysfs|devpts|mqueue|cgroup) ' /proc/mounts | cut -d' ' -f2",
    );
    const secretMounts = mounted.split("\n").filter((target) => /certs|gocd-agent|secret/.test(target));
    expect(secretMounts.sort()).toEqual(["/certs/client", "/etc/gocd-agent/token", "/etc/gocd-agent/uuid"]);
  });

  test("has no secret in its environment", async () => {
    const environment = await job(0, "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'");
    for (const values of secrets.values())
      for (const value of Object.entries(values).filter(([key]) => key !== "username"))
        expect(environment).not.toContain(value[1].trim());
  });

  test("names no secret in the logs of the pods", async () => {
    const logs = await Promise.all([
      kubectl(["logs", "-n", AGENTS_NAMESPACE, agent(0), "--all-containers"]),
      kubectl(["logs", "-n", SERVER_NAMESPACE, "gocd-server-0"]),
      kubectl(["logs", "-n", SERVER_NAMESPACE, "deployment/gocd-housekeeping"]),
    ]);
    const tokens = [0, 1].map((ordinal) => secret(`${POOL}-identity`, `${agent(ordinal)}.token`));
    for (const text of [...tokens, ...ofServer()]) for (const log of logs) expect(log).not.toContain(text);
  });
});

/** A line out of the middle of a PEM file, which is nobody else's. */
const line = (pem: string): string => pem.trim().split("\n")[1] ?? "";
