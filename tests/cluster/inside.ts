// Runs in the namespaces that main.ts makes: starts the cluster, runs the tests, writes their counts where main.ts looks.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { startCluster, stopCluster } from "./harness/cluster";
import { KUBECONFIG } from "./harness/control-plane";
import { loadImages } from "./harness/images";
import { STATE } from "./harness/paths";
import { step } from "./harness/progress";
import { runSuites } from "./harness/suites";
import { furnish } from "./harness/surroundings";

async function inside(): Promise<void> {
  process.env["KUBECONFIG"] = KUBECONFIG;
  await step("furnish own mounts, processes and network", furnish);
  await startCluster(loadImages);
  const counts = await runSuites(process.argv.slice(2));
  writeFileSync(path.join(STATE, "counts.json"), JSON.stringify(counts));
  await step("stop the cluster", stopCluster);
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
