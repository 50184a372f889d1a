import { agent, inAgent, inDind, job, pod, status, type Pod } from "../harness/pods";
import { AGENTS_NAMESPACE, deployed, ready, SERVER_NAMESPACE } from "../harness/deploy";
import { get, kubectl } from "../harness/kubectl";
import { eventually } from "../harness/run";

const FINALIZER = "gocd-tests/look-first";

beforeAll(() => deployed(), 300_000);

test("server, housekeeping and two agents become ready", async () => {
  const pods = await Promise.all([agent(0), agent(1)].map((name) => pod(name)));
  const server = await pod("gocd-server-0", SERVER_NAMESPACE);
  expect([...pods, server].map(isReady)).toEqual([true, true, true]);
});

test("an agent starts only after its own daemon has answered", async () => {
  for (const ordinal of [0, 1]) {
    const found = await pod(agent(ordinal));
    const daemon = status(found, "dind").state.running;
    const started = status(found, "agent").state.running;
    expect(Date.parse(started?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(daemon?.startedAt ?? ""));
  }
});

test("an agent does not start while its daemon does not answer", async () => {
  // A daemon that may not start: its configuration is refused.
  const broken = { data: { "daemon.json": '{"no-such-setting": true}' } };
  await kubectl([
    "patch",
    "configmap",
    "docker-daemon",
    "-n",
    AGENTS_NAMESPACE,
    "--type=merge",
    "-p",
    JSON.stringify(broken),
  ]);
  await kubectl(["delete", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--grace-period=5", "--wait=true"]);
  await eventually("a daemon that fails", async () => {
    const daemon = status(await pod(agent(1)), "dind");
    return daemon.restartCount > 0 || daemon.state.waiting?.reason === "CrashLoopBackOff" ? true : undefined;
  });
  expect(status(await pod(agent(1)), "agent").state.waiting?.reason).toBe("PodInitializing");
  await deployed();
  await kubectl(["delete", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--grace-period=1"]);
  await ready();
});

test("on the way down the agent ends first, and its daemon serves the running job until then", async () => {
  await job(1, "touch /tmp/job");
  await kubectl([
    "patch",
    "pod",
    agent(1),
    "-n",
    AGENTS_NAMESPACE,
    "--type=merge",
    "-p",
    JSON.stringify({ metadata: { finalizers: [FINALIZER] } }),
  ]);
  await kubectl(["delete", "pod", agent(1), "-n", AGENTS_NAMESPACE, "--wait=false"]);
  await eventually("a drain", async () =>
    (await inDind(1, "true")).code === 0 &&
    (await get<Pod & { metadata: { deletionTimestamp?: string } }>(`pod/${agent(1)}`, AGENTS_NAMESPACE)).metadata
      .deletionTimestamp !== undefined
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
  await kubectl([
    "patch",
    "pod",
    agent(1),
    "-n",
    AGENTS_NAMESPACE,
    "--type=merge",
    "-p",
    JSON.stringify({ metadata: { finalizers: null } }),
  ]);
  const [first = NaN, second = NaN] = ended;
  expect(second).toBeGreaterThanOrEqual(first);
  await ready();
});

const isReady = ({ status: { conditions = [] } }: Pod) =>
  conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
