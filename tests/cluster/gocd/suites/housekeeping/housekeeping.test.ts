import { randomUUID } from "node:crypto";
import { AGENTS_NAMESPACE, POOL, SERVER_NAMESPACE } from "../../deploy";
import type { ApiAgent } from "../../gocd-api";
import {
  askServer,
  backUp,
  changeByHand,
  deleteByHand,
  gocd,
  registrationForm,
  secretText,
  SERVER_BACKUPS,
  serverAgent,
  standIn,
  uuidOf,
} from "../../server";
import {
  askHousekeeping,
  loggedSince,
  metric,
  waitForReconciliations,
  said,
  scaleHousekeeping,
} from "../../housekeeping";
import {
  deployWithShortTimeouts,
  applyWithShortTimeouts,
  LOST_AFTER_SECONDS,
  REQUEST_TIMEOUT_SECONDS,
  tellHousekeeping,
  type Adapted,
} from "../../short-timeouts";
import { exec, kubectl, tryKubectl } from "../../../kubernetes/kubectl";
import { agent, job, pod, status, USABLE_SPACE } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/** What the stack file says after somebody has edited it. */
const edited: Adapted = {
  agents: (agents) =>
    agents.map((each) => ({ ...each, resources: ["docker", "edited"], environments: ["docker", "edited"] })),
  managed: { environments: ["docker", "edited"] },
};
const BEFORE_EDIT = { resources: ["docker"], environments: ["docker"] };
const AFTER_EDIT = { resources: ["docker", "edited"], environments: ["docker", "edited"] };

/** An agent that somebody has attached by hand. */
const theirs = randomUUID();
let own: readonly [string, string];

// An external cluster runs the real ones, which cannot be told how to behave.
(OWN_CLUSTER ? describe : describe.skip)("beside the stand-ins of server and agent,", () => {
  beforeAll(async () => {
    await deployWithShortTimeouts();
    own = [await uuidOf(agent(0)), await uuidOf(agent(1))];
    const seed = await secretText("gocd-server", SERVER_NAMESPACE, "cruise-config.xml");
    const { text: token } = await askServer({ path: `/go/admin/agent/token?uuid=${theirs}`, as: "nobody" });
    const form = registrationForm({
      uuid: theirs,
      hostname: "theirs",
      token,
      agentAutoRegisterKey: /agentAutoRegisterKey="([^"]+)"/.exec(seed)?.[1] ?? "",
      agentAutoRegisterResources: "theirs",
      agentAutoRegisterEnvironments: "docker",
    });
    await askServer({ method: "POST", path: "/go/admin/agent", body: form, as: "nobody" });
  }, 300_000);

  afterEach(() => standIn("weather"));
  afterAll(async () => {
    await deleteByHand(theirs);
    await deployWithShortTimeouts();
  }, 300_000);

  async function row(uuid: string): Promise<ApiAgent> {
    const found = await serverAgent(uuid);
    if (found === undefined) throw new Error(`the server does not know ${uuid}`);
    return found;
  }

  /** Resources and environments as people gave them; what housekeeping remembers of an agent is a resource as well. */
  const given = ({ resources, environments }: ApiAgent) => ({
    resources: resources.filter((name) => !name.startsWith("housekeeping")).sort(),
    environments: environments.map(({ name }) => name).sort(),
  });

  const LABEL = ["-l", "app.kubernetes.io/name=gocd-housekeeping"];

  /** How often the one container of housekeeping has been restarted. */
  async function restartsOf(): Promise<number> {
    const names = ["get", "pods", "-n", SERVER_NAMESPACE, ...LABEL, "-o", "jsonpath={.items[*].metadata.name}"];
    return status(await pod((await kubectl(names)).trim(), SERVER_NAMESPACE), "housekeeping").restartCount;
  }

  /** Waits until something is as it must be; then tells how it is. */
  async function expectToBecome<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
    const reached = async () => (JSON.stringify(await ask()) === JSON.stringify(wanted) ? true : undefined);
    await eventually("it", reached, 60_000).catch(() => undefined);
    expect(await ask()).toEqual(wanted);
  }

  /** Changes that housekeeping asked the server for. */
  const changes = async () =>
    (await standIn<readonly Request[]>("requests")).filter(
      ({ method, path }) => method !== "GET" && path.startsWith("/api/"),
    );

  describe("an expected agent", () => {
    test("that asks to be registered is approved within seconds", async () => {
      await deleteByHand(own[0]);
      const begun = await eventually("it to ask", async () =>
        (await serverAgent(own[0])) === undefined ? undefined : Date.now(),
      );
      await eventually("approval", async () =>
        (await row(own[0])).agent_config_state === "Enabled" ? true : undefined,
      );
      expect(Date.now() - begun).toBeLessThan(10_000);
      await expectToBecome(async () => given(await row(own[0])), BEFORE_EDIT);
    });

    test("follows the settings, resources and environments, both ways", async () => {
      await tellHousekeeping(edited);
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await tellHousekeeping({});
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
    });

    test("gets back what somebody has taken from it, and keeps what somebody has given it", async () => {
      const { resources } = await row(own[0]);
      await changeByHand(own[0], {
        resources: [...resources.filter((name) => name !== "docker"), "gpu"],
        environments: ["docker", "edited"],
      });
      const wanted = { resources: ["docker", "gpu"], environments: ["docker", "edited"] };
      await expectToBecome(async () => given(await row(own[0])), wanted);
      await waitForReconciliations(2);
      expect(given(await row(own[0]))).toEqual(wanted);
      await changeByHand(own[0], { resources, environments: ["docker"] });
    });

    test("that a person has disabled stays disabled, and is named in every reconciliation", async () => {
      const before = new Date();
      await changeByHand(own[1], { agent_config_state: "Disabled" });
      await waitForReconciliations(2);
      expect((await row(own[1])).agent_config_state).toBe("Disabled");
      expect((await loggedSince(before)).at(-1)?.notices).toContain(`${agent(1)} has been disabled by a person`);
      await changeByHand(own[1], { agent_config_state: "Enabled" });
    });

    test("whose disk runs full is named, and measured", async () => {
      const before = new Date();
      await job(1, `echo ${1024 ** 3} >${USABLE_SPACE}`);
      const { notices } = await said(/GiB of free disk/, before);
      expect(notices).toContain(`${agent(1)} has 1.0 GiB of free disk`);
      expect(await metric(`gocd_housekeeping_agent_free_disk_bytes{hostname="${agent(1)}"}`)).toBe(1024 ** 3);
      await job(1, `rm ${USABLE_SPACE}`);
    });
  });

  describe("somebody else's agent", () => {
    test("keeps what they gave it, whatever the settings say", async () => {
      await tellHousekeeping(edited);
      await waitForReconciliations(2);
      expect(given(await row(theirs))).toEqual({ resources: ["theirs"], environments: ["docker"] });
      await tellHousekeeping({});
    });
  });

  describe("an agent out of contact", () => {
    let removed: { readonly afterSeconds: number };

    beforeAll(async () => {
      await applyWithShortTimeouts({ replicas: 3 });
      const third = await uuidOf(agent(2));
      await eventually("the third agent", async () =>
        (await serverAgent(third))?.agent_state === "Idle" ? true : undefined,
      );
      await applyWithShortTimeouts({ replicas: 2 });
      await kubectl(["wait", "-n", AGENTS_NAMESPACE, "--for=delete", `pod/${agent(2)}`, "--timeout=120s"]);
      // The second one is still expected, the third is not, and the last was never ours.
      await kubectl(["scale", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`, "--replicas=1"]);
      await kubectl(["wait", "-n", AGENTS_NAMESPACE, "--for=delete", `pod/${agent(1)}`, "--timeout=120s"]);
      for (const uuid of [own[1], theirs, third]) await standIn("agent", { uuid, state: "LostContact" });
      const lost = Date.now();
      await eventually("the third agent to be removed", async () =>
        (await serverAgent(third)) === undefined ? true : undefined,
      );
      removed = { afterSeconds: (Date.now() - lost) / 1000 };
      await waitForReconciliations(2);
    }, 300_000);

    afterAll(async () => {
      await deployWithShortTimeouts();
      await expectToBecome(async () => (await row(own[1])).agent_config_state, "Enabled");
    }, 300_000);

    test("is removed after its time of grace when it is ours and no longer expected", () => {
      expect(removed.afterSeconds).toBeGreaterThanOrEqual(LOST_AFTER_SECONDS - 1);
    });

    test("stays when it is expected", async () => {
      expect((await row(own[1])).agent_state).toBe("LostContact");
    });

    test("stays when it is somebody else's", async () => {
      expect(await row(theirs)).toMatchObject({ agent_state: "LostContact", agent_config_state: "Enabled" });
    });
  });

  describe("a managed setting is brought back after somebody has changed it, and follows the stack file:", () => {
    const siteUrls = { path: "/go/api/admin/config/server/site_urls", version: 1 };
    const backup = { path: "/go/api/config/backup", version: 1, headers: { "X-GoCD-Confirm": "true" } };
    const artifacts = { path: "/go/api/admin/config/server/artifact_config", version: 1 };
    const environments = { path: "/go/api/admin/environments", version: 3 };

    const siteUrl = async () => (await gocd<{ readonly site_url: string }>(siteUrls)).site_url;
    const backups = async () => {
      const { schedule, post_backup_script } = await gocd<Record<"schedule" | "post_backup_script", string>>(backup);
      return { schedule, postBackupScript: post_backup_script };
    };
    const purge = async () =>
      (await gocd<{ readonly purge_settings: { readonly purge_start_disk_space: number } }>(artifacts)).purge_settings
        .purge_start_disk_space;
    const named = async () => {
      const { _embedded } = await gocd<{
        readonly _embedded: { readonly environments: readonly { readonly name: string }[] };
      }>(environments);
      return _embedded.environments.map(({ name }) => name).filter((name) => name !== "edited");
    };

    test("site URL", async () => {
      const before = await siteUrl();
      await gocd({ ...siteUrls, method: "PUT", body: { site_url: "http://elsewhere.example", secure_site_url: "" } });
      await expectToBecome(siteUrl, before);
      await tellHousekeeping({ managed: { siteUrl: "http://gocd.example" } });
      await expectToBecome(siteUrl, "http://gocd.example");
      await tellHousekeeping({});
      await expectToBecome(siteUrl, before);
    });

    test("backup schedule and script", async () => {
      const before = await backups();
      const byHand = { schedule: "0 0 3 * * ?", email_on_success: false, email_on_failure: false };
      await gocd({ ...backup, method: "PUT", body: byHand });
      await expectToBecome(backups, before);
      const later = { ...before, schedule: "0 0 4 * * ?" };
      await tellHousekeeping({ managed: { backup: later } });
      await expectToBecome(backups, later);
      await tellHousekeeping({});
      await expectToBecome(backups, before);
    });

    test("purging of artifacts", async () => {
      const before = await purge();
      const { headers } = await askServer(artifacts);
      await gocd({
        ...artifacts,
        method: "PUT",
        headers: { "If-Match": headers["etag"] ?? "" },
        body: {
          artifacts_dir: "artifacts",
          purge_settings: { purge_start_disk_space: before + 1, purge_upto_disk_space: before + 9 },
        },
      });
      await expectToBecome(purge, before);
      await tellHousekeeping({ managed: { artifacts: { purgeStartGib: before + 3, purgeUptoGib: before + 5 } } });
      await expectToBecome(purge, before + 3);
      await tellHousekeeping({});
      await expectToBecome(purge, before);
    });

    test("environments, which are made again and never removed", async () => {
      await gocd({ ...environments, path: `${environments.path}/docker`, method: "DELETE", headers: backup.headers });
      await expectToBecome(named, ["docker"]);
    });
  });

  test("where there is no bucket, backups older than the settings say go when the next one is made", async () => {
    const inServer = async (script: string) =>
      (await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-ec", `cd ${SERVER_BACKUPS}; ${script}`]))
        .stdout;
    await backUp();
    const named = "backup_20260101-0000";
    await inServer(
      `for days in 29 31; do mkdir ${named}$days; touch -d "@$(($(date +%s) - days * 86400))" ${named}$days; sleep 1; done`,
    );
    const newest = await backUp();
    const left = (await inServer("ls")).trim().split("\n");
    expect(left).toEqual(expect.arrayContaining([`${named}29`, newest]));
    expect(left).not.toContain(`${named}31`);
  });

  describe("a reconciliation", () => {
    test("ends in a line that says what it did, and asks for no change when all is well", async () => {
      await waitForReconciliations(2);
      const [before, asked] = [new Date(), (await changes()).length];
      await waitForReconciliations(3);
      const lines = await loggedSince(before);
      expect(lines.length).toBeGreaterThanOrEqual(3);
      for (const line of lines)
        expect(line).toMatchObject({ level: "info", msg: "reconcile: nothing to do", failures: [] });
      expect(await changes()).toHaveLength(asked);
      const began = new Date();
      await tellHousekeeping(edited);
      expect(await said(/aligned/, began)).toMatchObject({ aligned: [agent(0), agent(1)] });
      await tellHousekeeping({});
    });

    test.each([
      ["is backing up", "backing-up", { on: true }, /unavailable: GET \/api\/agents: 503/],
      ["is slow", "weather", { delay: (REQUEST_TIMEOUT_SECONDS + 1) * 1000 }, /slow: .* no answer within/],
      ["speaks a newer API", "weather", { versionsApart: 1 }, /version: .* does not speak version 7/],
      ["speaks an older API", "weather", { versionsApart: -1 }, /version: .* does not speak version 7/],
      ["fails", "weather", { status: 500, body: "<html>" }, /broken: .*500/],
      ["hangs up", "weather", { dieAfter: 0 }, /unreachable/],
    ])("says that the server %s, changes nothing, and goes on", async (_how, control, trouble, failure) => {
      const [before, restarts] = [new Date(), await restartsOf()];
      await standIn(control, trouble);
      await tellHousekeeping(edited);
      const line = await eventually("a reconciliation that fails", async () =>
        (await loggedSince(before)).find(({ failures = [] }) => failures.some((text) => failure.test(text))),
      );
      expect(line.level).toBe("warn");
      await waitForReconciliations(1);
      expect((await askHousekeeping("/healthz")).status).toBe(200);
      await standIn(control, control === "backing-up" ? { on: false } : {});
      await expectToBecome(async () => given(await row(own[0])), AFTER_EDIT);
      await tellHousekeeping({});
      await expectToBecome(async () => given(await row(own[0])), BEFORE_EDIT);
      expect(await restartsOf()).toBe(restarts);
    });

    test("says that the server is away, and goes on when it is back", async () => {
      const before = new Date();
      await kubectl(["scale", "-n", SERVER_NAMESPACE, "statefulset/gocd-server", "--replicas=0"]);
      await eventually("a reconciliation that fails", async () =>
        (await loggedSince(before)).find(({ failures = [] }) =>
          failures.some((text) => text.startsWith("unreachable")),
        ),
      );
      expect((await askHousekeeping("/healthz")).status).toBe(200);
      await kubectl(["scale", "-n", SERVER_NAMESPACE, "statefulset/gocd-server", "--replicas=1"]);
      await expectToBecome(async () => (await row(own[0])).agent_state, "Idle");
      expect(await said(/^reconcile: nothing to do$/, new Date())).toMatchObject({ failures: [] });
    });

    test("is done again after it was killed half-way, with the same result", async () => {
      // One request a second: no reconciliation ends before the process does.
      await standIn("weather", { delay: 1000 });
      await tellHousekeeping(edited);
      await eventually("a change to be asked for", async () =>
        (await changes()).some(({ body }) => body.includes("edited")) ? true : undefined,
      );
      await kubectl(["delete", "pods", "-n", SERVER_NAMESPACE, ...LABEL, "--force", "--grace-period=0"]);
      await standIn("weather");
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await tellHousekeeping({});
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
    });

    test("may overlap with that of a second one, as in a rollout: what both do once is done, and nothing is undone", async () => {
      await scaleHousekeeping(2);
      const before = new Date();
      await deleteByHand(own[0]);
      await tellHousekeeping(edited);
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await expectToBecome(async () => (await row(own[0])).agent_config_state, "Enabled");
      await tellHousekeeping({});
      for (const uuid of own) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
      const asked = (await changes()).length;
      await eventually("both to find nothing to do", async () => {
        const idle = (await loggedSince(before)).slice(-4);
        return idle.length === 4 && idle.every(({ msg }) => msg === "reconcile: nothing to do") ? true : undefined;
      });
      expect(await changes()).toHaveLength(asked);
      await scaleHousekeeping(1);
    });
  });

  describe("housekeeping", () => {
    test("answers for its health and shows metrics as Prometheus reads them", async () => {
      expect(await askHousekeeping("/healthz")).toEqual({ status: 200, text: '{"status":"ok"}' });
      const { text } = await askHousekeeping("/metrics");
      const wrong = text.split("\n").filter((line) => !/^(#.*|[a-z_:]\w*(\{.*\})? [-+\w.]+|)$/i.test(line));
      expect(wrong).toEqual([]);
      expect(await metric('gocd_housekeeping_agents{owner="ours",state="Idle",config="Enabled"}')).toBe(2);
      expect(await metric("gocd_housekeeping_config_valid")).toBe(1);
    });

    test("has no way into Kubernetes", async () => {
      const inside = await tryKubectl([
        ...["exec", "-n", SERVER_NAMESPACE, "deployment/gocd-housekeeping", "--"],
        ...["node", "-e", 'require("fs").readdirSync("/var/run/secrets/kubernetes.io")'],
      ]);
      expect(inside.stderr).toContain("ENOENT");
    });
  });
});
