import { SERVER_NAMESPACE } from "../../deploy";
import { deleteByHand, standIn } from "../../server";
import {
  askHousekeeping,
  loggedSince,
  metric,
  said,
  scaleHousekeeping,
  waitForReconciliations,
} from "../../housekeeping";
import { REQUEST_TIMEOUT_SECONDS, tellHousekeeping } from "../../short-timeouts";
import { kubectl, tryKubectl } from "../../../kubernetes/kubectl";
import { agent } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import {
  AFTER_EDIT,
  BEFORE_EDIT,
  changes,
  describeBesideStandIns,
  EDITED,
  expectToBecome,
  given,
  LABEL,
  restartsOf,
  row,
  useAgents,
} from "./fixture";
import { deletePods } from "../../../kubernetes/delete-pods";

describeBesideStandIns("beside the stand-ins of server and agent,", () => {
  const own = useAgents();

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
      await tellHousekeeping(EDITED);
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
      await tellHousekeeping(EDITED);
      const line = await eventually("a reconciliation that fails", async () =>
        (await loggedSince(before)).find(({ failures = [] }) => failures.some((text) => failure.test(text))),
      );
      expect(line.level).toBe("warn");
      await waitForReconciliations(1);
      expect((await askHousekeeping("/healthz")).status).toBe(200);
      await standIn(control, control === "backing-up" ? { on: false } : {});
      await expectToBecome(async () => given(await row(own()[0])), AFTER_EDIT);
      await tellHousekeeping({});
      await expectToBecome(async () => given(await row(own()[0])), BEFORE_EDIT);
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
      await expectToBecome(async () => (await row(own()[0])).agent_state, "Idle");
      expect(await said(/^reconcile: nothing to do$/, new Date())).toMatchObject({ failures: [] });
    });

    test("is done again after it was killed half-way, with the same result", async () => {
      // One request a second: no reconciliation ends before the process does.
      await standIn("weather", { delay: 1000 });
      await tellHousekeeping(EDITED);
      await eventually("a change to be asked for", async () =>
        (await changes()).some(({ body }) => body.includes("edited")) ? true : undefined,
      );
      await deletePods(SERVER_NAMESPACE, ...LABEL, "--force", "--grace-period=0");
      await standIn("weather");
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await tellHousekeeping({});
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
    });

    test("may overlap with that of a second one, as in a rollout: what both do once is done, and nothing is undone", async () => {
      await scaleHousekeeping(2);
      const before = new Date();
      await deleteByHand(own()[0]);
      await tellHousekeeping(EDITED);
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await expectToBecome(async () => (await row(own()[0])).agent_config_state, "Enabled");
      await tellHousekeeping({});
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
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
