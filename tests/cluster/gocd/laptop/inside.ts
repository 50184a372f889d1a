// Runs in the sandbox that main.ts makes: starts Docker, does what is asked for, and leaves counts where main.ts looks.
import { step } from "../../kubernetes/progress";
import { setUpSandbox } from "../../kubernetes/sandbox";
import { work, workAskedFor } from "../../work";
import { loadStandIns, startEngine, stopEngine } from "./engine";

async function inside(): Promise<void> {
  await step("set up own mounts, processes and network", setUpSandbox);
  await step("start Docker", startEngine);
  await loadStandIns();
  await work(workAskedFor(), { name: "Docker", shell: "env TEST_TARGET=laptop bash" });
  await step("stop Docker", stopEngine);
}

inside().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
