import { existsSync } from "node:fs";
import { binary } from "./binaries";
import { outcome, run, type Ended, type RunOptions } from "./run";

const FIELD_MANAGER = "cluster-tests";

// The one that belongs to the cluster's version; without a build, on an external cluster, the one on the PATH.
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

/** Changes an object by a merge patch. */
export const patch = (what: string, namespace: string, change: object): Promise<string> =>
  kubectl(["patch", what, "-n", namespace, "--type=merge", "-p", JSON.stringify(change)]);

/** Removes objects and waits until they are gone. */
export const remove = (objects: readonly object[]): Promise<Ended> =>
  tryKubectl(["delete", "--ignore-not-found", "--timeout=300s", "-f", "-"], { input: list(objects), timeout: 310_000 });

const list = (objects: readonly object[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });

/**
 * A command in a container, its end and its output. With input, a shell keeps the command's outputs open until it has ended: where
 * one is closed before, as by `cat >file`, containerd stops reading the input (containerd/containerd#13934).
 */
export function exec(
  pod: string,
  container: string,
  namespace: string,
  command: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const where = ["-n", namespace, pod, "-c", container, "--"];
  if (options.input === undefined) return tryKubectl(["exec", ...where, ...command], options);
  return tryKubectl(["exec", "-i", ...where, "sh", "-c", '"$@"; exit', "sh", ...command], options);
}
