import { z } from "zod";
import { formatValue, type Problem } from "./problems";
import type { Storage } from "./storage";

/** Why a runtime cannot be what it says. docs/operations/security.md has the table. */
const NO_USER_NAMESPACE =
  "privileged or gvisor: Docker needs a cgroup that it may write, which a pod with a user namespace of its own has only by settings " +
  "of the node's containerd (cgroup_writable), not by a field of the pod";
const NO_GKE_SANDBOX =
  "privileged: in GKE Sandbox gVisor supports Docker up to version 27, and the daemon here is 29; nodes of its own wall a pool off (nodes, placement)";

export const runtime = z
  .enum(["privileged", "gvisor"], {
    error: ({ input }) => (input === "userns" ? NO_USER_NAMESPACE : "privileged or gvisor"),
  })
  .default("privileged")
  .describe(
    "what stands between Docker daemon and node: nothing but the pod (privileged), or gVisor's kernel (gvisor), on clusters off GKE " +
      "with a RuntimeClass of that name",
  );

/** @param storage tells GKE, where the server's disks are Google's, from other clusters. */
export function runtimeProblems(
  { name, runtime: found }: { readonly name: string; readonly runtime: z.output<typeof runtime> },
  storage: Pick<Storage, "mode">,
): Problem[] {
  if (found === "privileged" || storage.mode === "class") return [];
  return [{ key: `gocd:agents.${name}.runtime`, found: formatValue(found), wanted: NO_GKE_SANDBOX }];
}
