// Runs in the sandbox that main.ts makes: starts the cluster, does what is asked for, and leaves counts where main.ts looks.
import path from "node:path";
import { bench } from "./gocd/bench";
import { images } from "./gocd/images";
import { binary } from "./kubernetes/binaries";
import { startCluster, stopCluster } from "./kubernetes/cluster";
import { KUBECONFIG } from "./kubernetes/paths";
import { step } from "./kubernetes/progress";
import { setUpSandbox } from "./kubernetes/sandbox";
import { work, workAskedFor } from "./work";

async function inside(): Promise<void> {
  process.env["KUBECONFIG"] = KUBECONFIG;
  await step("set up own mounts, processes and network", setUpSandbox);
  await startCluster(images());
  const shell = `env KUBECONFIG=${KUBECONFIG} PATH="${path.dirname(binary("kubectl"))}:$PATH" bash`;
  await work(workAskedFor(), { name: "The cluster", shell, bench });
  await step("stop the cluster", stopCluster);
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
