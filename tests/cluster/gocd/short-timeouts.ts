import type { KubernetesObject } from "../../support/program";
import { AGENTS_NAMESPACE, deploy, manifests, POOL, ready, SERVER_NAMESPACE, type PoolChange } from "./deploy";
import { get } from "../kubernetes/api";
import { apply, kubectl } from "../kubernetes/kubectl";
import { eventually } from "../kubernetes/run";
import { deletePods } from "../kubernetes/delete-pods";

/** A part of an object, of whose shape only what is changed is known. */
type Part = Readonly<Record<string, unknown>>;

interface Variable {
  readonly name: string;
}

interface Template {
  readonly spec: { readonly containers: readonly Part[] };
}

interface Workload extends KubernetesObject {
  readonly spec: Part & { readonly template: Template };
}

/** What housekeeping is configured with; see images/housekeeping/README.md. */
export interface HousekeepingConfig {
  readonly intervalSeconds: number;
  readonly managed: Part;
}

export interface ExpectedAgent {
  readonly uuid: string;
  readonly hostname: string;
  readonly pool: string;
  readonly resources: readonly string[];
  readonly environments: readonly string[];
}

/** What a test changes: of housekeeping's own Secret, and of any object. */
export interface Adapted {
  readonly agents?: (agents: readonly ExpectedAgent[]) => readonly ExpectedAgent[];
  readonly managed?: Part;
  readonly object?: (object: KubernetesObject) => KubernetesObject;
}

/** Seconds for which an agent of ours must have been lost before it is removed, with short time-outs. */
export const LOST_AFTER_SECONDS = 6;
/** Seconds after which housekeeping gives up a request, with short time-outs. */
export const REQUEST_TIMEOUT_SECONDS = 2;
/** Seconds for which a draining agent must be idle, with short time-outs: two of its stand-in's pings. */
const SETTLED_AFTER_SECONDS = 2;
/** Seconds without a word from housekeeping after which a draining agent stops waiting, with short time-outs. */
export const DRAIN_UNREACHABLE_TIMEOUT_SECONDS = 5;
/** Seconds that a running job is waited for, with short time-outs. */
const DRAIN_SECONDS = 15;

// Everything here waits for less time than the program's own settings say, and nothing else is different: housekeeping's
// reconciliations, requests and grace periods, the agents' probes, and the pauses of the agents' hooks between two requests.
const SHORT_CONFIG = {
  intervalSeconds: 0.5,
  requestTimeoutSeconds: REQUEST_TIMEOUT_SECONDS,
  settledAfterSeconds: SETTLED_AFTER_SECONDS,
  lostAfterMinutes: LOST_AFTER_SECONDS / 60,
};
const SHORT_PROBES = { startupProbe: { periodSeconds: 1 }, readinessProbe: { periodSeconds: 1 } };
// A restart within seconds, where the agents' own takes minutes; the other containers keep their longer limits.
const SHORT_LIVENESS = { initialDelaySeconds: 5, periodSeconds: 3, failureThreshold: 2 };
const SHORT_HOOKS = Object.entries({
  IDENTITY_PAUSE_SECONDS: 1,
  ENABLE_PAUSE_SECONDS: 1,
  DRAIN_PAUSE_SECONDS: 1,
  DRAIN_UNREACHABLE_TIMEOUT_SECONDS,
  DRAIN_SECONDS,
}).map(([name, value]) => ({ name, value: String(value) }));

/**
 * Applies the program's objects with shorter waits and waits until all is ready. Two agents that still run with the longer ones
 * are replaced at once rather than one after the other.
 */
export async function deployWithShortTimeouts(change: PoolChange = {}, adapted: Adapted = {}): Promise<void> {
  await applyWithShortTimeouts(change, adapted);
  await replaceOutdated();
  await ready(change.replicas);
}

/** The same without waiting for anything but housekeeping, which gets its new configuration at once. */
export async function applyWithShortTimeouts(change: PoolChange = {}, adapted: Adapted = {}): Promise<void> {
  const adapt = adapted.object ?? ((object: KubernetesObject) => object);
  await deploy(change, (objects) => objects.map((object) => adapt(withShortTimeouts(object, adapted))));
  await handOverConfiguration();
}

/** Changes what housekeeping is told, without a restart, as a mounted Secret is changed. */
export async function tellHousekeeping(adapted: Adapted, change: PoolChange = {}): Promise<void> {
  const secret = (await manifests(change)).filter(isConfiguration);
  await apply(secret.map((object) => withShortTimeouts(object, adapted)));
  await handOverConfiguration();
}

const isConfiguration = ({ kind, metadata }: KubernetesObject) =>
  kind === "Secret" && metadata.name === "gocd-housekeeping";

function withShortTimeouts(object: KubernetesObject, adapted: Adapted): KubernetesObject {
  if (isConfiguration(object)) return configured(object, adapted);
  return ["StatefulSet", "Deployment"].includes(object.kind) ? probed(object as Workload) : object;
}

function configured(object: KubernetesObject, { agents = (all) => all, managed = {} }: Adapted): KubernetesObject {
  const { stringData } = object as KubernetesObject & { readonly stringData: Readonly<Record<string, string>> };
  const config = JSON.parse(stringData["config.json"] ?? "") as HousekeepingConfig;
  const expected = JSON.parse(stringData["agents.json"] ?? "") as readonly ExpectedAgent[];
  const changed = {
    "config.json": JSON.stringify({ ...config, ...SHORT_CONFIG, managed: { ...config.managed, ...managed } }),
    "agents.json": JSON.stringify(agents(expected)),
  };
  return { ...object, stringData: { ...stringData, ...changed } };
}

const others = (env: readonly Variable[]) => env.filter(({ name }) => !SHORT_HOOKS.some((hook) => hook.name === name));

function probed(object: Workload): Workload {
  const { template } = object.spec;
  const ofAgent = object.metadata.name === POOL;
  const containers = template.spec.containers.map((container) =>
    ofAgent
      ? {
          ...withProbes(container, { ...SHORT_PROBES, livenessProbe: SHORT_LIVENESS }),
          env: [...others(container["env"] as readonly Variable[]), ...SHORT_HOOKS],
        }
      : withProbes(container, SHORT_PROBES),
  );
  return { ...object, spec: { ...object.spec, template: { ...template, spec: { ...template.spec, containers } } } };
}

/** A container whose probes, those that it has, ask more often. */
export function withProbes<T extends object>(container: T, periods: Readonly<Record<string, object>>): T {
  const had = Object.entries(periods).filter(([probe]) => probe in container);
  return {
    ...container,
    ...Object.fromEntries(
      had.map(([probe, asked]) => [probe, { ...((container as Part)[probe] as object), ...asked }]),
    ),
  };
}

/** The kubelet looks at a Secret when it looks at a pod that mounts it, which a new annotation makes it do. */
async function handOverConfiguration(): Promise<void> {
  const { data } = await get<{ readonly data: Readonly<Record<string, string>> }>(
    "secret/gocd-housekeeping",
    SERVER_NAMESPACE,
  );
  const files = ["config.json", "agents.json"].map((name) => data[name] ?? "");
  await eventually("housekeeping to find its new configuration", async () => {
    const pods = ["pods", "-n", SERVER_NAMESPACE, "-l", "app.kubernetes.io/name=gocd-housekeeping"];
    await kubectl(["annotate", ...pods, "--overwrite", `gocd-tests/looked=${Date.now()}`]);
    const read = `for (const name of ["config.json", "agents.json"]) console.log(require("fs").readFileSync("/etc/gocd-housekeeping/" + name).toString("base64"))`;
    const seen = await kubectl([
      "exec",
      "-n",
      SERVER_NAMESPACE,
      "deployment/gocd-housekeeping",
      "--",
      "node",
      "-e",
      read,
    ]);
    return seen.trim() === files.join("\n") ? true : undefined;
  });
}

async function replaceOutdated(): Promise<void> {
  const { status } = await eventually("the pool's new revision", async () => {
    const found = await get<{
      readonly metadata: { readonly generation: number };
      readonly status: { readonly observedGeneration: number; readonly updateRevision: string };
    }>(`statefulset/${POOL}`, AGENTS_NAMESPACE);
    return found.status.observedGeneration === found.metadata.generation ? found : undefined;
  });
  const outdated = `gocd-on-kubernetes/pool=${POOL},controller-revision-hash!=${status.updateRevision}`;
  await deletePods(AGENTS_NAMESPACE, "--selector", outdated, "--grace-period=1");
}
