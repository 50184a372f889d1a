// Runs in the namespaces that main.ts makes: starts the cluster, runs the tests, writes their counts where main.ts looks.
// With --bench it measures instead; with --hold it starts the cluster and waits, for whoever wants to look around or to write a test.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { bench } from "./harness/bench";
import { startCluster, stopCluster } from "./harness/cluster";
import { KUBECONFIG } from "./harness/control-plane";
import { loadImages } from "./harness/images";
import { STATE } from "./harness/paths";
import { binary } from "./harness/binaries";
import { say, step } from "./harness/progress";
import { runSuites, withFallen, type Counts } from "./harness/suites";
import { furnish } from "./harness/surroundings";

async function inside(): Promise<void> {
  process.env["KUBECONFIG"] = KUBECONFIG;
  await step("furnish own mounts, processes and network", furnish);
  await startCluster(loadImages);
  const args = process.argv.slice(2);
  if (args.includes("--hold")) await hold();
  const counts = args.includes("--bench") ? await measured() : await runSuites(args);
  writeFileSync(path.join(STATE, "counts.json"), JSON.stringify(withFallen(counts)));
  await step("stop the cluster", stopCluster);
}

async function measured(): Promise<Counts> {
  await bench();
  return { passed: 0, failed: 0, skipped: 0 };
}

function hold(): Promise<never> {
  say(
    `The cluster runs until Ctrl-C. To enter it: nsenter --all --target "$(pgrep --newest --full cluster/inside.ts)" env KUBECONFIG=${KUBECONFIG} PATH="${path.dirname(binary("kubectl"))}:$PATH" bash`,
  );
  return new Promise(() => setInterval(() => undefined, 3_600_000));
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
