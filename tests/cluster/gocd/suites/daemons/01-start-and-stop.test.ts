import { agent, inAgent, inDind, job, keepPod, letPodGo, pod, status, type Pod } from "../../pods";
import { AGENTS_NAMESPACE, deploy, deployed, ready, SERVER_NAMESPACE } from "../../deploy";
import { get, type KubernetesObject } from "../../../kubernetes/api";
import { kubectl, patch } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";
import { deletePods } from "../../../kubernetes/delete-pods";

interface Deployment extends KubernetesObject {
  readonly status: { readonly readyReplicas?: number };
}

beforeAll(() => deployed(), 300_000);

test("server, housekeeping and two agents become ready", async () => {
  const pods = await Promise.all([agent(0), agent(1)].map((name) => pod(name)));
  const server = await pod("gocd-server-0", SERVER_NAMESPACE);
  expect([...pods, server].map(isReady)).toEqual([true, true, true]);
  const housekeeping = await get<Deployment>("deployment/gocd-housekeeping", SERVER_NAMESPACE);
  expect(housekeeping.status.readyReplicas).toBe(1);
});

test("an agent starts only after its own daemon has answered", async () => {
  for (const ordinal of [0, 1]) {
    const log = await kubectl(["logs", agent(ordinal), "-n", AGENTS_NAMESPACE, "-c", "dind", "--timestamps"]);
    const answered = /^(\S+) .*API listen on 127\.0\.0\.1:2376/m.exec(log)?.[1] ?? "";
    const started = status(await pod(agent(ordinal)), "agent").state.running?.startedAt ?? "";
    // Kubernetes tells the start in whole seconds.
    expect(Date.parse(started)).toBeGreaterThanOrEqual(Math.floor(Date.parse(answered) / 1000) * 1000);
  }
});

describe("an agent does not start while its daemon", () => {
  afterAll(async () => {
    await deploy();
    await deletePods(AGENTS_NAMESPACE, agent(1), "--grace-period=1");
    await ready();
  }, 300_000);

  test.each([
    ["cannot start", { "no-such-setting": true }, "the daemon to fail", failed],
    ["answers where nobody asks", { hosts: ["unix:///var/run/elsewhere.sock"] }, "a probe to fail", unanswered],
  ])("%s", async (_what, configuration, event, happened) => {
    await patch("configmap/docker-daemon", AGENTS_NAMESPACE, {
      data: { "daemon.json": JSON.stringify(configuration) },
    });
    await deletePods(AGENTS_NAMESPACE, agent(1), "--grace-period=5");
    await eventually(event, async () => ((await happened(await pod(agent(1)))) ? true : undefined));
    expect(status(await pod(agent(1)), "agent").state.waiting?.reason).toBe("PodInitializing");
  });
});

// A job is a file that the stand-in of the agent takes for one.
(OWN_CLUSTER ? describe : describe.skip)("with the stand-in of the agent", () => {
  test("on the way down the agent ends first, and its daemon serves the running job until then", async () => {
    await job(1, "touch /tmp/job");
    await keepPod(1);
    await kubectl(["delete", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--wait=false"]);
    await eventually("a drain", async () =>
      (await inDind(1, "true")).code === 0 &&
      (
        await get<Pod & { readonly metadata: { readonly deletionTimestamp?: string } }>(
          `pod/${agent(1)}`,
          AGENTS_NAMESPACE,
        )
      ).metadata.deletionTimestamp !== undefined
        ? true
        : undefined,
    );
    expect((await inAgent(1, "docker info")).code).toBe(0);
    await job(1, "rm /tmp/job");
    const ended = await eventually(
      "both containers to end",
      async () => {
        const found = await pod(agent(1));
        const finished = ["agent", "dind"].map((name) => status(found, name).state.terminated);
        return finished.every((state) => state !== undefined)
          ? finished.map((state) => Date.parse(state.finishedAt))
          : undefined;
      },
      120_000,
    );
    await letPodGo(1);
    const [first = NaN, second = NaN] = ended;
    expect(second).toBeGreaterThanOrEqual(first);
    await ready();
  });
});

function failed(found: Pod): Promise<boolean> {
  const daemon = status(found, "dind");
  return Promise.resolve(daemon.restartCount > 0 || daemon.state.waiting?.reason === "CrashLoopBackOff");
}

async function unanswered(found: Pod): Promise<boolean> {
  const asked = [`involvedObject.uid=${found.metadata.uid}`, "reason=Unhealthy"].join(",");
  const events = await kubectl(["get", "events", "-n", AGENTS_NAMESPACE, "--field-selector", asked, "-o", "name"]);
  return events.trim() !== "" && status(found, "dind").state.running !== undefined;
}

const isReady = ({ status: { conditions = [] } }: Pod) =>
  conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
