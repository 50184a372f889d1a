// Runs in the sandbox that tests/cluster/main.ts makes: starts the cluster, sets up Pulumi, runs the suites, and says at the end what
// was real.
import path from "node:path";
import { images } from "../cluster/gocd/images";
import { needsCluster, needsNoCluster } from "../cluster/gocd/run-suites";
import { binary } from "../cluster/kubernetes/binaries";
import { startCluster, stopCluster } from "../cluster/kubernetes/cluster";
import { KUBECONFIG } from "../cluster/kubernetes/paths";
import { say, step } from "../cluster/kubernetes/progress";
import { setUpSandbox } from "../cluster/kubernetes/sandbox";
import { work, workAskedFor } from "../cluster/work";
import { moveHome, setUpPulumi } from "./harness/setup";
import { originsLine } from "./harness/plugins";

async function inside(): Promise<void> {
  process.env["KUBECONFIG"] = KUBECONFIG;
  await step("set up own mounts, processes and network", setUpSandbox);
  const used = await step("set up Pulumi", setUpPulumi);
  await moveHome();
  const asked = workAskedFor();
  const cluster = asked.mode !== "test" || needsCluster(asked) ? startCluster(images()) : undefined;
  const shell = `env KUBECONFIG=${KUBECONFIG} PATH="${path.dirname(binary("kubectl"))}:$PATH" bash`;
  await work(asked, { name: "The cluster", shell, ...(cluster && { cluster }) });
  if (cluster !== undefined) await step("stop the cluster", stopCluster);
  if (cluster !== undefined) say(originsLine("on the cluster", used.cluster));
  if (asked.mode === "test" && needsNoCluster(asked)) say(originsLine("on the model of Google Cloud", used.google));
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
