// As inside.ts beside it, for the laptop: starts Docker, runs the tests, writes their counts where main.ts looks. With --hold
// it waits after the start.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { STATE } from "../harness/paths";
import { say, step } from "../harness/progress";
import { runSuites, withFallen } from "../harness/suites";
import { furnish } from "../harness/surroundings";
import { loadStandIns, startEngine, stopEngine } from "./engine";

async function inside(): Promise<void> {
  await step("furnish own mounts, processes and network", furnish);
  await step("start Docker", startEngine);
  await loadStandIns();
  const args = process.argv.slice(2);
  if (args.includes("--hold")) await hold();
  const counts = await runSuites(args);
  writeFileSync(path.join(STATE, "counts.json"), JSON.stringify(withFallen(counts)));
  await step("stop Docker", stopEngine);
}

function hold(): Promise<never> {
  say(
    `Docker runs until Ctrl-C. To enter: nsenter --all --target "$(pgrep --newest --full laptop/inside.ts)" env GOCD_TESTS=laptop bash`,
  );
  return new Promise(() => setInterval(() => undefined, 3_600_000));
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
