import { z } from "zod";
import { problem, type Problem } from "./problems";
import type { Storage } from "./storage";
import { text } from "./values";

/** Why a runtime cannot be what it says. docs/operations/security.md has the table. */
const NO_GKE_SANDBOX =
  "privileged or userns: in GKE Sandbox gVisor supports Docker up to version 27, and the daemon here is 29; nodes of its own wall a pool off (nodes, placement)";
const NO_CLASS_ON_GKE =
  "nothing: on GKE a label of the nodes and an annotation of the pod do what a class does elsewhere";
const NO_CLASS = "nothing: only runtime: userns asks for a class of one's own";
const CLASS_NAME = "the name of a RuntimeClass";

export const runtime = z
  .enum(["privileged", "gvisor", "userns"], { error: "privileged, gvisor or userns" })
  .default("privileged")
  .describe(
    "what stands between Docker daemon and node: nothing but the pod (privileged), gVisor's kernel (gvisor), on clusters off GKE " +
      "with a RuntimeClass of that name, or users of the pod's own (userns), where nodes let containers write their cgroup",
  );

export const runtimeClass = text(CLASS_NAME, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
  .optional()
  .describe(
    "RuntimeClass of pods with runtime: userns off GKE, whose containerd has cgroup_writable = true; the nodes' own runtime if absent",
  );

interface InFile {
  readonly name: string;
  readonly runtime: z.output<typeof runtime>;
  readonly runtimeClass?: z.output<typeof runtimeClass>;
}

/** @param storage tells GKE, where the server's disks are Google's, from other clusters. */
export function runtimeProblems(pool: InFile, storage: Pick<Storage, "mode">): Problem[] {
  const onGke = storage.mode !== "class";
  const key = `gocd:agents.${pool.name}`;
  const noClass = pool.runtime !== "userns" ? NO_CLASS : onGke ? NO_CLASS_ON_GKE : undefined;
  return [
    ...(pool.runtime === "gvisor" && onGke ? [problem(`${key}.runtime`, pool.runtime, NO_GKE_SANDBOX)] : []),
    ...(pool.runtimeClass !== undefined && noClass !== undefined
      ? [problem(`${key}.runtimeClass`, pool.runtimeClass, noClass)]
      : []),
  ];
}
