import { existsSync } from "node:fs";
import { binary } from "./binaries";
import { outcome, run, type Ended, type RunOptions } from "./run";

/** What every Kubernetes object has; the rest is for the one who asks to know. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const FIELD_MANAGER = "cluster-tests";

// The one that belongs to the cluster's version; on somebody else's cluster, without a build, the one on the PATH.
export const kubectlProgram = (): string => (existsSync(binary("kubectl")) ? binary("kubectl") : "kubectl");

/** Runs kubectl against the cluster of KUBECONFIG and returns what it printed; rejects with its message. */
export const kubectl = (args: readonly string[], options: RunOptions = {}): Promise<string> =>
  run(kubectlProgram(), args, options);

/** Runs kubectl and tells how it ended, for what may be refused. */
export const tryKubectl = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  outcome(kubectlProgram(), args, options);

/** True when kubectl succeeds, else undefined: for waiting. */
export const succeeds = async (args: readonly string[]): Promise<true | undefined> =>
  (await tryKubectl(args)).code === 0 ? true : undefined;

/** Reads one object, e.g. `get<Pod>("pod/docker-0", "gocd-test-agents")`; the caller says what shape it has. */
export async function get<T = KubernetesObject>(what: string, namespace: string): Promise<T> {
  return JSON.parse(await kubectl(["get", what, "-n", namespace, "-o", "json"])) as T;
}

/** Applies objects on the server's side; unknown and repeated fields are errors. Rejects when one is refused. */
export async function apply(objects: readonly object[]): Promise<void> {
  const { code, stderr } = await tryApply(objects);
  if (code !== 0) throw new Error(stderr);
}

/** Asks the API server whether it would accept these objects; nothing is kept. */
export const dryRun = (objects: readonly object[]): Promise<Ended> => tryApply(objects, "--dry-run=server");

const tryApply = (objects: readonly object[], ...flags: readonly string[]): Promise<Ended> =>
  tryKubectl(
    [
      "apply",
      "--server-side",
      "--validate=strict",
      `--field-manager=${FIELD_MANAGER}`,
      "--force-conflicts",
      ...flags,
      "-f",
      "-",
    ],
    { input: list(objects) },
  );

/** Removes objects and waits until they are gone. */
export const remove = (objects: readonly object[]): Promise<Ended> =>
  tryKubectl(["delete", "--ignore-not-found", "--timeout=300s", "-f", "-"], { input: list(objects), timeout: 310_000 });

const list = (objects: readonly object[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });

/** A command in a container, its end and its output. */
export function exec(
  pod: string,
  container: string,
  namespace: string,
  command: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const input = options.input === undefined ? [] : ["-i"];
  return tryKubectl(["exec", ...input, "-n", namespace, pod, "-c", container, "--", ...command], options);
}
