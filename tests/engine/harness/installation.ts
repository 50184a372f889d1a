import { AGENTS_NAMESPACE, SERVER_NAMESPACE } from "../../cluster/gocd/deploy";
import { identities } from "../../cluster/gocd/server";
import type { Pod } from "../../cluster/gocd/pods";
import { getPods } from "../../cluster/kubernetes/api";
import { exec, kubectl } from "../../cluster/kubernetes/kubectl";

/** Runs a script in the server's container and returns what it printed. */
async function inServer(script: string): Promise<string> {
  const { code, stdout, stderr } = await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-c", script]);
  if (code !== 0) throw new Error(`in the server: ${script}\nended with ${code}: ${stderr}`);
  return stdout;
}

/** Leaves a file on each disk of the server, which an empty disk has not. */
export const keepFiles = (): Promise<string> =>
  inServer("echo data >/godata/db/kept; echo artifacts >/godata/artifacts/kept");

/** Who the agents are, and what is on the server's disks. */
export const remembered = async () => ({
  agents: [...(await identities())].sort(),
  configuration: await inServer("cat /godata/config/cruise-config.xml /godata/config/cipher.aes"),
  kept: await inServer("cat /godata/db/kept /godata/artifacts/kept"),
});

/**
 * Waits until every rollout has ended. The provider does so too, but the one that can be built asks so soon that a busy control plane
 * has not yet begun (mended in 4.26).
 */
const settled = (namespace: string): Promise<string> =>
  // The bound is for each of them, one after the other.
  kubectl(["rollout", "status", "-n", namespace, "statefulsets,deployments", "--timeout=300s"], { timeout: 910_000 });

/** {@link podIds} once every rollout has ended. */
export async function settledPods(): Promise<Readonly<Record<string, string>>> {
  await Promise.all([SERVER_NAMESPACE, AGENTS_NAMESPACE].map(settled));
  return podIds();
}

/** Each pod of the installation and which it is: a pod that restarts is another one of the same name. */
async function podIds(): Promise<Readonly<Record<string, string>>> {
  const pods = (await Promise.all([SERVER_NAMESPACE, AGENTS_NAMESPACE].map((at) => getPods<Pod>(at)))).flat();
  // A Deployment's pods have names of their own making.
  return Object.fromEntries(
    pods.map(({ metadata }) => [metadata.name.replace(/^(gocd-housekeeping)-.*/, "$1"), metadata.uid]),
  );
}

/** Names of pods that are there before and after and are not the same, or not there any more. */
export function restarted(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(before)
    .filter((name) => before[name] !== after[name])
    .sort();
}
