import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolvedManifests, type KubernetesObject, type StackSource } from "../../support/program";
import { volumeFor, type Claim } from "../kubernetes/disks";
import { getPods } from "../kubernetes/api";
import { apply, kubectl } from "../kubernetes/kubectl";
import { ROOT, STATE } from "../kubernetes/paths";
import { OWN_CLUSTER, TEST_IMAGES } from "./test-images";
import { eventually } from "../kubernetes/run";

/** The stack whose installation the suites of this process share; suites.ts says which has which. */
const STACK = process.env["GOCD_TEST_STACK"] ?? "test";
/** The namespaces and the pool, as the program names them for this stack. */
export const SERVER_NAMESPACE = `gocd-${STACK}`;
export const AGENTS_NAMESPACE = `gocd-${STACK}-agents`;
export const POOL = "docker";
/** What stands in for Pulumi's state of this stack. */
export const PULUMI_STATE = path.join(STATE, `pulumi-state-${STACK}.json`);

const STACK_FILE = path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml");

interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** Settings of the pool that a test changes; the others are those of the stack file. */
export interface PoolChange {
  readonly replicas?: number;
  readonly rotation?: number;
  readonly gracePeriod?: string;
  readonly isolation?: "shared" | "clean" | "fresh";
  readonly egress?: readonly string[];
  readonly pod?: object;
  readonly logins?: readonly string[];
  readonly company?: object;
  readonly workloadIdentity?: true;
  readonly dind?: object;
  /** Settings of the stack, by their whole keys. */
  readonly stack?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

const POOL_SETTINGS = {
  replicas: 2,
  rotation: 1,
  resources: ["docker"],
  environments: ["docker"],
  workspace: "1Gi",
  cache: "2Gi",
  gracePeriod: "60s",
  agent: { cpu: "10m", memory: "512Mi" },
  dind: { cpu: "10m", memory: "768Mi", mirrors: [] },
};

/** `gocd:server` of the stack file, for tests that replace it. */
export const SERVER_SETTINGS = { disk: "1Gi", artifacts: "2Gi", heap: "512Mi", headroom: "1Gi", cpu: "10m" } as const;

const REGISTERED = new Map<string, Promise<KubernetesObject[]>>();

/**
 * The program's own objects for the test stack. Keys, certificates and passwords are made once and kept beside the
 * cluster, as Pulumi's state is: what a test does to the cluster does not change them. The program runs once for the same
 * settings: in a whole run, which has a folder for what it registered, for all suites together.
 */
export function manifests(change: PoolChange = {}): Promise<KubernetesObject[]> {
  const key = JSON.stringify(change);
  const objects = REGISTERED.get(key) ?? register(change);
  REGISTERED.set(key, objects);
  return objects;
}

async function register(change: PoolChange): Promise<KubernetesObject[]> {
  const folder = process.env["GOCD_TEST_MANIFESTS"];
  if (folder === undefined) return run(change);
  const digest = createHash("sha256").update(JSON.stringify(change)).digest("hex");
  const file = path.join(folder, `${STACK}-${digest}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as KubernetesObject[];
  const objects = await run(change);
  writeFileSync(file, JSON.stringify(objects));
  return objects;
}

function run({ stack = {}, secrets = {}, ...change }: PoolChange): Promise<KubernetesObject[]> {
  const dind = { ...POOL_SETTINGS.dind, ...change.dind };
  const source: StackSource = {
    stack: STACK,
    file: STACK_FILE,
    config: { "gocd:agents": { [POOL]: { ...POOL_SETTINGS, ...change, dind } }, ...elsewhere(), ...stack },
    secrets,
  };
  return resolvedManifests(source, { state: PULUMI_STATE });
}

/** On an external cluster: its storage class and the images that it can pull. */
function elsewhere(): Record<string, unknown> {
  if (OWN_CLUSTER) return {};
  const images = Object.fromEntries(Object.entries(TEST_IMAGES).map(([name, { reference }]) => [name, reference]));
  return {
    "gocd:cluster": { existing: { context: "tests", storageClass: process.env["GOCD_TEST_STORAGE_CLASS"] } },
    "gocd:images": { prebuilt: images },
  };
}

/**
 * Gives the program's claims disks and applies its objects, or what a test makes of them. Does not wait until anything is
 * ready.
 */
export async function deploy(
  change: PoolChange = {},
  adapt = (objects: KubernetesObject[]) => objects,
): Promise<KubernetesObject[]> {
  const objects = adapt(await manifests(change));
  if (OWN_CLUSTER) await apply(claimsOf(objects).map(volumeFor));
  await apply(objects);
  return objects;
}

/** Applies the program's objects and waits until server, housekeeping and all agents are ready. */
export async function deployed(change: PoolChange = {}): Promise<void> {
  await deploy(change);
  await ready(change.replicas ?? POOL_SETTINGS.replicas);
}

/** Waits until server, housekeeping and this many agents are ready, and no pod of an older revision is left. */
export async function ready(replicas = POOL_SETTINGS.replicas, timeout = 180): Promise<void> {
  const wait = async (namespace: string, what: string) =>
    kubectl(["rollout", "status", "-n", namespace, what, `--timeout=${timeout}s`], { timeout: (timeout + 10) * 1000 });
  await Promise.all([
    wait(SERVER_NAMESPACE, "statefulset/gocd-server"),
    wait(SERVER_NAMESPACE, "deployment/gocd-housekeeping"),
    wait(AGENTS_NAMESPACE, `statefulset/${POOL}`),
  ]);
  await eventually(
    `${replicas} agents`,
    async () => ((await getPods(AGENTS_NAMESPACE)).length === replicas ? true : undefined),
    timeout * 1000,
  );
}

/** Scales the pool as somebody does by hand, and waits until as many pods are left as may be; not until they are ready. */
export async function scaleAgents(replicas: number): Promise<void> {
  await kubectl(["scale", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`, `--replicas=${replicas}`]);
  await eventually("the other agents to be gone", async () =>
    (await getPods(AGENTS_NAMESPACE)).length <= replicas ? true : undefined,
  );
}

/** Every claim of the objects, those that StatefulSets will make included, with one agent more than there is. */
export function claimsOf(objects: readonly KubernetesObject[]): Claim[] {
  const own = objects
    .filter(({ kind }) => kind === "PersistentVolumeClaim")
    .map(({ metadata }) => ({ namespace: metadata.namespace ?? "default", name: metadata.name }));
  const made = objects.filter((object): object is StatefulSet => object.kind === "StatefulSet").flatMap(claimsOfPods);
  return [...own, ...made];
}

function claimsOfPods({ metadata, spec }: StatefulSet): Claim[] {
  const ordinals = Array.from({ length: spec.replicas + 1 }, (_, ordinal) => ordinal);
  return (spec.volumeClaimTemplates ?? []).flatMap((template) =>
    ordinals.map((ordinal) => ({
      namespace: metadata.namespace ?? "default",
      name: `${template.metadata.name}-${metadata.name}-${ordinal}`,
    })),
  );
}
