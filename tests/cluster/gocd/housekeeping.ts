import { SERVER_NAMESPACE } from "./deploy";
import { getPods } from "../kubernetes/api";
import { kubectl } from "../kubernetes/kubectl";
import type { Pod } from "./pods";
import { eventually } from "../kubernetes/run";
import { OWN_CLUSTER } from "./test-images";

const DEPLOYMENT = "deployment/gocd-housekeeping";
const LABEL = "app.kubernetes.io/name=gocd-housekeeping";
const PODS = ["-n", SERVER_NAMESPACE, "-l", LABEL];

/** A line of housekeeping's log, as far as the tests look at one. */
export interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly failures?: readonly string[];
  readonly notices?: readonly string[];
  readonly [field: string]: unknown;
}

/** What housekeeping answers to a GET: asked from the harness's own node, or in its container, past every network policy. */
export async function askHousekeeping(path: string): Promise<{ readonly status: number; readonly text: string }> {
  if (OWN_CLUSTER) {
    const running = (await getPods<Pod>(SERVER_NAMESPACE, LABEL)).find(({ status }) => status.phase === "Running");
    const answer = await fetch(`http://${running?.status.podIP ?? "no-pod"}:8080${path}`);
    return { status: answer.status, text: await answer.text() };
  }
  const program = `fetch("http://127.0.0.1:8080${path}").then(async (answer) => console.log(JSON.stringify({ status: answer.status, text: await answer.text() })))`;
  const said = await kubectl(["exec", "-n", SERVER_NAMESPACE, DEPLOYMENT, "--", "node", "-e", program]);
  return JSON.parse(said) as { readonly status: number; readonly text: string };
}

/** The value of a metric, by its name with labels as Prometheus writes them; undefined when there is none. */
export async function metric(series: string): Promise<number | undefined> {
  const { text } = await askHousekeeping("/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const reconciliations = async () => {
  const { text } = await askHousekeeping("/metrics");
  return [...text.matchAll(/^gocd_housekeeping_reconcile_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
};

/** Waits until as many whole reconciliations have passed; the one that is under way does not count. */
export async function waitForReconciliations(count: number): Promise<void> {
  const before = await reconciliations();
  await eventually(
    `${count} reconciliations`,
    async () => ((await reconciliations()) > before + count ? true : undefined),
    120_000,
  );
}

/** What housekeeping, all its pods together, has logged since a moment, line by line. Throws where a line is not JSON. */
export async function loggedSince(moment: Date): Promise<Line[]> {
  const text = await kubectl(["logs", ...PODS, "--tail=-1", `--since-time=${moment.toISOString()}`]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
    .filter(({ time }) => Date.parse(time) >= moment.getTime())
    .sort((a, b) => a.time.localeCompare(b.time));
}

/** Waits for a line of the log that is younger than `moment` and says so. */
export const said = (what: RegExp, moment: Date): Promise<Line> =>
  eventually(`housekeeping to say ${String(what)}`, async () =>
    (await loggedSince(moment)).find(({ msg }) => what.test(msg)),
  );

/** Runs as many of it side by side as a rollout does for a moment, and waits until they are there and no other is. */
export async function scaleHousekeeping(replicas: number): Promise<void> {
  await kubectl(["scale", "-n", SERVER_NAMESPACE, DEPLOYMENT, `--replicas=${replicas}`]);
  await eventually("housekeeping's pods", async () => {
    const pods = await getPods<Pod>(SERVER_NAMESPACE, LABEL);
    const ready = pods.filter(({ status }) => status.containerStatuses?.[0]?.ready === true);
    return pods.length === replicas && ready.length === replicas ? true : undefined;
  });
}
