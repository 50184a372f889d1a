import { AGENTS_NAMESPACE, POOL, ready, SERVER_NAMESPACE } from "../../deploy";
import { askServer, changeByHand, serverAgent, uuidOf } from "../../server";
import { scaleHousekeeping } from "../../housekeeping";
import {
  deployWithShortTimeouts,
  applyWithShortTimeouts,
  DRAIN_UNREACHABLE_TIMEOUT_SECONDS,
} from "../../short-timeouts";
import { kubectl, tryKubectl } from "../../../kubernetes/kubectl";
import { agent, inAgent, job, JOB, keepPod, letPodGo, pod, status } from "../../pods";
import { eventually, type Ended } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";
import { deletePods } from "../../../kubernetes/delete-pods";

const HOUSEKEEPING = `http://gocd-housekeeping.${SERVER_NAMESPACE}.svc:8080`;
const SET = `statefulset/${POOL}`;

// An external cluster runs the real ones, which cannot be told how to behave.
(OWN_CLUSTER ? describe : describe.skip)("beside the stand-ins of server and agent,", () => {
  beforeAll(() => deployWithShortTimeouts(), 300_000);
  afterEach(async () => {
    await applyWithShortTimeouts();
    await kubectl(["scale", "-n", AGENTS_NAMESPACE, SET, "--replicas=2"]);
    await ready();
  }, 180_000);

  const row = async (ordinal: number) => {
    const found = await serverAgent(await uuidOf(agent(ordinal)));
    if (found === undefined) throw new Error(`the server does not know ${agent(ordinal)}`);
    return found;
  };
  const uid = async (ordinal: number) => (await pod(agent(ordinal))).metadata.uid;

  /** Asks for an eviction, as whoever drains a node does: `kubectl drain`, GKE's node upgrades, the autoscaler. */
  const evict = (ordinal: number): Promise<Ended> => {
    const metadata = { name: agent(ordinal), namespace: AGENTS_NAMESPACE };
    const input = JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata });
    const path = `/api/v1/namespaces/${AGENTS_NAMESPACE}/pods/${agent(ordinal)}/eviction`;
    return tryKubectl(["create", "--raw", path, "-f", "-"], { input });
  };

  const LEAVE: Readonly<Record<string, () => Promise<unknown>>> = {
    "a scale-down": () => kubectl(["scale", "-n", AGENTS_NAMESPACE, SET, "--replicas=1"]),
    "a rollout": () => applyWithShortTimeouts({ rotation: 2 }),
    "the drain of its node": async () => {
      expect(await evict(1)).toMatchObject({ code: 0 });
      // One agent at a time: whoever drains asks again until this one is back.
      expect((await evict(0)).stderr).toContain("disruption budget");
    },
    "pulumi destroy": () => kubectl(["delete", "-n", AGENTS_NAMESPACE, SET, "--cascade=foreground", "--wait=false"]),
  };

  test.each(Object.entries(LEAVE))(
    "before %s an agent gets no more work and finishes its job",
    async (_what, leave) => {
      const before = await uid(1);
      await job(1, `touch ${JOB}`);
      await eventually("the job", async () => ((await row(1)).agent_state === "Building" ? true : undefined));

      await leave();
      await eventually("a drain", async () => ((await row(1)).agent_config_state === "Disabled" ? true : undefined));
      // The job goes on, with its daemon.
      expect(await job(1, "docker info --format '{{.ServerErrors}}'")).toBe("[]");
      expect(await row(1)).toMatchObject({ agent_state: "Building" });
      expect(await uid(1)).toBe(before);

      await job(1, `rm ${JOB}`);
      await eventually(
        "the pod to go",
        async () => {
          const { code, stdout } = await tryKubectl([
            ...["get", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}"],
          ]);
          return code === 0 && stdout !== before ? true : undefined;
        },
        90_000,
      );
    },
  );

  test("an agent that drained is enabled again when it starts", async () => {
    await deletePods(AGENTS_NAMESPACE, agent(1));
    expect((await row(1)).agent_config_state).toBe("Disabled");
    await ready();
    await eventually("it to be enabled", async () =>
      (await row(1)).agent_config_state === "Enabled" ? true : undefined,
    );
    expect((await row(1)).resources).not.toContain("draining");
  });

  test("an agent that a person has disabled stays disabled when it starts again", async () => {
    await changeByHand(await uuidOf(agent(1)), { agent_config_state: "Disabled" });
    await deletePods(AGENTS_NAMESPACE, agent(1));
    await ready();
    await eventually("contact", async () => ((await row(1)).agent_state === "Idle" ? true : undefined));
    await eventually("the answer to its start", async () =>
      (await inAgent(1, "pgrep -f agent-enable")).code === 0 ? undefined : true,
    );
    expect(await row(1)).toMatchObject({ agent_config_state: "Disabled" });
    await changeByHand(await uuidOf(agent(1)), { agent_config_state: "Enabled" });
  });

  test("an agent stops without a drain when nobody can tell whether it may", async () => {
    await scaleHousekeeping(0);
    const begun = Date.now();
    await deletePods(AGENTS_NAMESPACE, agent(1));
    expect((Date.now() - begun) / 1000).toBeGreaterThan(DRAIN_UNREACHABLE_TIMEOUT_SECONDS - 1);
    expect((await row(1)).agent_config_state).toBe("Enabled");
    await scaleHousekeeping(1);
  });

  test("a job that does not end holds its agent no longer than the grace period, and the daemon goes last", async () => {
    await job(1, `touch ${JOB}`);
    await keepPod(1);
    await kubectl(["delete", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--wait=false"]);
    const ended = await eventually(
      "both containers to end",
      async () => {
        const found = await pod(agent(1));
        const states = ["agent", "dind"].map((name) => status(found, name).state.terminated);
        return states.every((state) => state !== undefined) ? states : undefined;
      },
      90_000,
    );
    await letPodGo(1);
    const [first = NaN, last = NaN] = ended.map(({ finishedAt }) => Date.parse(finishedAt));
    expect(last).toBeGreaterThanOrEqual(first);
    // Neither was killed.
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  describe("what a job can reach", () => {
    /** The status of a request that a job of the first agent sends, with its own token. */
    const ask = (method: string, url: string, header: string) =>
      job(
        0,
        `curl --silent --output /dev/null --write-out '%{http_code}' --request ${method} --header "${header}" ${url}`,
      );
    const OWN_TOKEN = "Authorization: Bearer $(cat /etc/gocd-agent/token)";

    test("drains its own agent, and no other", async () => {
      const [own, other] = [await uuidOf(agent(0)), await uuidOf(agent(1))];
      expect(await ask("POST", `${HOUSEKEEPING}/drain/${other}`, OWN_TOKEN)).toBe("401");
      expect(await ask("DELETE", `${HOUSEKEEPING}/drain/${other}`, OWN_TOKEN)).toBe("401");
      expect((await row(1)).agent_config_state).toBe("Enabled");
      expect(await ask("POST", `${HOUSEKEEPING}/drain/${own}`, OWN_TOKEN)).toBe("202");
      expect((await row(0)).agent_config_state).toBe("Disabled");
      expect(await ask("DELETE", `${HOUSEKEEPING}/drain/${own}`, OWN_TOKEN)).toBe("200");
      expect((await row(0)).agent_config_state).toBe("Enabled");
    });

    test("drains nothing without a token, or with one that is wrong", async () => {
      const own = await uuidOf(agent(0));
      for (const header of ["X-Nothing: 1", "Authorization: Bearer wrong", "Authorization: Bearer"])
        expect(await ask("POST", `${HOUSEKEEPING}/drain/${own}`, header)).toBe("401");
    });

    test.each(["Bearer $(cat /etc/gocd-agent/token)", "$(cat /etc/gocd-agent/token)"])(
      "is no log-in at the server: %s",
      async (authorization) => {
        const header = `Authorization: ${authorization}`;
        for (const path of [
          "api/agents",
          "api/admin/environments",
          "api/config/backup",
          "api/admin/security/auth_configs",
        ])
          expect(await ask("GET", `$GO_SERVER_URL/${path}`, header)).toMatch(/^40[14]$/);
        expect(await ask("PATCH", `$GO_SERVER_URL/api/agents/${await uuidOf(agent(1))}`, header)).toMatch(/^40[14]$/);
        // The same question, asked by somebody who may, is answered.
        expect((await askServer({ path: "/go/api/agents", version: 7 })).status).toBe(200);
      },
    );
  });
});
