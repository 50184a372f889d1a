import { readFileSync } from "node:fs";
import { AGENTS_NAMESPACE, manifests, PULUMI_STATE, SERVER_NAMESPACE } from "../../deploy";
import { deployWithShortTimeouts } from "../../short-timeouts";
import type { KubernetesObject } from "../../../kubernetes/api";
import { exec, kubectl } from "../../../kubernetes/kubectl";
import { agent, inAgent, inDind, job, loadTool } from "../../pods";
import { eventually } from "../../../kubernetes/run";

interface Secret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

const CERTIFICATES = /\.(ca|cert)\.pem$/;
/** What the Secrets hold beside secrets: who somebody is, and what nobody need hide. */
const PUBLIC = new Set(["username", "config.json", "agents.json"]);
const OWN = [`${agent(0)}.token`, `client ${agent(0)}.key.pem`];

/** Every secret of the installation by what it is, each as a text that is found wherever it is: of keys one line. */
let secrets: ReadonlyMap<string, string>;

beforeAll(async () => {
  await deployWithShortTimeouts();
  await loadTool(0);
  secrets = secretsOf(await manifests());
}, 300_000);

function secretsOf(objects: readonly KubernetesObject[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { metadata, stringData } of objects.filter((object): object is Secret => object.kind === "Secret"))
    for (const [key, value] of Object.entries(stringData)) {
      if (PUBLIC.has(key) || CERTIFICATES.test(key)) continue;
      if (key === "cruise-config.xml")
        for (const [, name = "", text = ""] of value.matchAll(/\s(\w+(?:Key|Secret))="([^"]+)"/g))
          found.set(name, text);
      else if (key === "passwd")
        for (const [user = "", hash = ""] of value
          .trim()
          .split("\n")
          .map((line) => line.split(":")))
          found.set(`hash of ${user}`, hash);
      else found.set(nameOf(metadata.name, key), line(value));
    }
  // What is in no Secret, such as the administrator's own password, is in Pulumi's state.
  const state = JSON.parse(readFileSync(PULUMI_STATE, "utf8")) as readonly (readonly [
    string,
    Readonly<Record<string, unknown>>,
  ])[];
  for (const [key, made] of state)
    for (const value of [made["result"], made["hex"]].filter((each) => typeof each === "string"))
      if (![...found.values()].includes(value))
        found.set(`made: ${key.split("::").at(-1)?.split(" ")[0] ?? key}`, value);
  // Its own name an agent may know.
  found.delete(`${agent(0)}.uuid`);
  return found;
}

/** Both sides of a pool have keys of the same names. */
const nameOf = (secret: string, key: string) =>
  key.endsWith(".key.pem") ? `${secret.includes("client") ? "client" : "daemon"} ${key}` : key;

/** A text that is nobody else's: the whole of a short one, a line out of the middle of a PEM file. */
const line = (value: string) => value.trim().split("\n")[1] ?? value.trim();

/** What is found, by name and sorted. */
const namesIn = (text: string) =>
  [...secrets]
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => name)
    .sort();

/** A pattern of every secret, a line each: for `grep -F -f`. */
const patterns = () => [...secrets.values(), ""].join("\n");

test("there are secrets to look for", () => {
  expect([...secrets.keys()]).toEqual(
    expect.arrayContaining([
      ...OWN,
      `${agent(1)}.token`,
      `${agent(1)}.uuid`,
      `daemon ${agent(0)}.key.pem`,
      `client ${agent(1)}.key.pem`,
      "agentAutoRegisterKey",
      "tokenGenerationKey",
      "webhookSecret",
      "cipher.aes",
      "password",
      "hash of admin",
    ]),
  );
  expect([...secrets.values()].every((secret) => secret.length >= 16)).toBe(true);
});

describe("a job finds, of all the secrets of the installation,", () => {
  test("its own agent's token and client key, in the files of the agent's container, and no other", async () => {
    const found = await job(
      0,
      `cat >/tmp/patterns
      find / -type f ! -path '/proc/*' ! -path '/sys/*' ! -path /tmp/patterns -exec grep -ahoF -f /tmp/patterns {} + 2>/dev/null | sort -u
      rm /tmp/patterns`,
      { input: patterns() },
    );
    expect(namesIn(found)).toEqual([...OWN].sort());
  });

  test("none in the environment, the arguments or the open files of the processes that it sees", async () => {
    const seen = await job(
      0,
      `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null || true
      for file in /proc/[0-9]*/fd/*; do [ ! -f "$file" ] || cat "$file" 2>/dev/null || true; done`,
    );
    expect(seen).toContain("GO_SERVER_URL");
    expect(namesIn(seen)).toEqual([]);
  });

  test("none in a container that it starts, whatever of the daemon's files that gets: not even its agent's uuid", async () => {
    const uuid = await job(0, "cat /etc/gocd-agent/uuid; echo a-text-that-is-there >/godata/pipelines/known");
    await eventually("the daemon's keys to be hidden", async () =>
      (await job(0, "docker run --rm -v /certs:/c tool:1 find /c -type f")) === "" ? true : undefined,
    );
    const found = await job(
      0,
      `docker run --rm -i --tmpfs /own -v /:/host tool:1 sh -c '
        cat >/own/patterns
        for top in /host/*; do
          case $top in /host/proc | /host/sys | /host/dev) continue ;; esac
          find $top -type f -exec /bin/busybox grep -ahoF -f /own/patterns {} + 2>/dev/null
        done
        true'`,
      // In memory only, or the search would find itself.
      { input: `${patterns()}${uuid}\na-text-that-is-there\n` },
    );
    expect(new Set(found.split("\n"))).toEqual(new Set(["a-text-that-is-there"]));
  });

  test.each(["--pid=host", "-v /proc:/proc:ro", "--pid=host --cap-add=SYS_PTRACE", "--pid=host --user 1000"])(
    "none in the processes that a container sees with %s",
    async (options) => {
      const seen = await job(
        0,
        `docker run --rm ${options} tool:1 sh -c '
          cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null
          for process in /proc/[0-9]*; do
            for file in $process/root/certs/server/* $process/root/certs/client/* $process/root/etc/gocd-agent/*; do
              cat "$file" 2>/dev/null
            done
          done
          true'`,
      );
      expect(seen).toContain("PATH=");
      expect(namesIn(seen)).toEqual([]);
    },
  );
});

describe("no secret is", () => {
  test("in the log of any container, those of the starts included", async () => {
    const pods = async (namespace: string) =>
      (await kubectl(["get", "pods", "-n", namespace, "-o", "name"]))
        .trim()
        .split("\n")
        .map((name) => [namespace, name]);
    const all = [...(await pods(AGENTS_NAMESPACE)), ...(await pods(SERVER_NAMESPACE))];
    for (const [namespace = "", name = ""] of all) {
      const log = await kubectl(["logs", "-n", namespace, name, "--all-containers", "--tail=-1"]);
      // A uuid is a name, by which an agent's own log may call it.
      const found = namesIn(log).filter((secret) => !secret.endsWith(".uuid"));
      expect({ name, found }).toEqual({ name, found: [] });
    }
    expect(all.length).toBeGreaterThanOrEqual(4);
  });

  test("an argument or in the environment of a process, of the daemon, of the server or of housekeeping", async () => {
    const look = "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; true";
    const inServer = await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-c", look]);
    const housekeeping = (
      await kubectl([
        "get",
        "pods",
        "-n",
        SERVER_NAMESPACE,
        "-l",
        "app.kubernetes.io/name=gocd-housekeeping",
        "-o",
        "name",
      ])
    ).trim();
    const inHousekeeping = await exec(housekeeping, "housekeeping", SERVER_NAMESPACE, ["sh", "-c", look]);
    for (const { stdout } of [await inDind(0, look), await inAgent(0, look), inServer, inHousekeeping]) {
      expect(stdout).toContain("PATH=");
      expect(namesIn(stdout)).toEqual([]);
    }
  });
});
