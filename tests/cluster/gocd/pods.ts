import { AGENTS_NAMESPACE, POOL } from "./deploy";
import { get, type KubernetesObject } from "../kubernetes/api";
import { exec, patch } from "../kubernetes/kubectl";
import type { Ended, RunOptions } from "../kubernetes/run";

interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly terminated?: {
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly exitCode: number;
    readonly reason: string;
    readonly message?: string;
  };
  readonly waiting?: { readonly reason: string; readonly message?: string };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
}

/** A pod as far as the tests look at one. */
export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly uid: string; readonly resourceVersion: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** While this file is there an agent's stand-in says that it is building; what the other one holds is its free disk. */
export const JOB = "/tmp/job";
export const USABLE_SPACE = "/tmp/usable-space";

/** Name of an agent's pod. */
export const agent = (ordinal: number): string => `${POOL}-${ordinal}`;

export const pod = (name: string, namespace = AGENTS_NAMESPACE): Promise<Pod> => get<Pod>(`pod/${name}`, namespace);

/** Where a pod answers inside the cluster; rejects while it has no address. */
export async function addressOf(name: string, namespace: string): Promise<string> {
  const { podIP } = (await pod(name, namespace)).status;
  if (podIP === undefined) throw new Error(`pod ${name} has no address yet`);
  return podIP;
}

/** A container's status; init containers, which the daemon is one of, included. */
export function status(
  { metadata, status: { containerStatuses = [], initContainerStatuses = [] } }: Pod,
  container: string,
): ContainerStatus {
  const found = [...initContainerStatuses, ...containerStatuses].find(({ name }) => name === container);
  if (!found) throw new Error(`pod ${metadata.name} has no status of ${container} yet`);
  return found;
}

const finalizers = (ordinal: number, names: readonly string[] | null) =>
  patch(`pod/${agent(ordinal)}`, AGENTS_NAMESPACE, { metadata: { finalizers: names } });

/** Keeps an agent's pod in sight after its containers have ended, until {@link letPodGo}. */
export const keepPod = (ordinal: number): Promise<string> => finalizers(ordinal, ["gocd-tests/look-first"]);
export const letPodGo = (ordinal: number): Promise<string> => finalizers(ordinal, null);

/** Runs a shell script in an agent's container, as a job would, and tells how it ended. */
export const inAgent = (ordinal: number, script: string, options: RunOptions = {}): Promise<Ended> =>
  exec(agent(ordinal), "agent", AGENTS_NAMESPACE, ["sh", "-c", script], options);

/** Runs a shell script beside an agent's daemon. */
export const inDind = (ordinal: number, script: string, options: RunOptions = {}): Promise<Ended> =>
  exec(agent(ordinal), "dind", AGENTS_NAMESPACE, ["sh", "-c", script], options);

/** Runs a script that must succeed in an agent's container and returns what it printed, without blanks around it. */
export async function job(ordinal: number, script: string, options: RunOptions = {}): Promise<string> {
  const ended = await inAgent(ordinal, `set -eu; ${script}`, options);
  if (ended.code !== 0)
    throw new Error(`in ${agent(ordinal)}: ${script}\nended with ${ended.code}: ${ended.stderr}${ended.stdout}`);
  return ended.stdout.trim();
}

/**
 * Gives an agent's daemon an image `tool:1` to start containers from: busybox, whose programs the stand-in of the agent has;
 * where it has none the image is pulled.
 */
export const loadTool = (ordinal: number): Promise<string> =>
  job(
    ordinal,
    `docker image inspect tool:1 >/dev/null 2>&1 && exit
    if [ -x /bin/busybox ]; then
      tar -c -C / bin/busybox bin/sh bin/cat bin/sleep bin/id bin/stat bin/dd bin/tail bin/ls bin/touch bin/find bin/wget bin/nc | docker import -c 'CMD ["sh"]' - tool:1
    else
      docker pull -q busybox:1 && docker tag busybox:1 tool:1
    fi`,
  );
