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
const client = () => (existsSync(binary("kubectl")) ? binary("kubectl") : "kubectl");

/** Runs kubectl against the cluster of KUBECONFIG and returns what it printed; rejects with its message. */
export const kubectl = (args: readonly string[], options: RunOptions = {}): Promise<string> =>
  run(client(), args, options);

/** Runs kubectl and tells how it ended, for what may be refused. */
export const tryKubectl = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  outcome(client(), args, options);

/** True when kubectl succeeds, else undefined: for waiting. */
export const succeeds = async (args: readonly string[]): Promise<true | undefined> =>
  (await tryKubectl(args)).code === 0 ? true : undefined;

/** Reads one object, e.g. `get<Pod>("pod/docker-0", "gocd-test-agents")`; the caller says what shape it has. */
export async function get<T = KubernetesObject>(what: string, namespace: string): Promise<T> {
  return JSON.parse(await kubectl(["get", what, "-n", namespace, "-o", "json"])) as T;
}

/** Applies objects on the server's side; unknown and repeated fields are errors. */
export async function apply(objects: readonly object[], ...flags: readonly string[]): Promise<string> {
  return kubectl(
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
    {
      input: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    },
  );
}

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
