import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { withLock } from "../cluster/kubernetes/lock";
import { LOCK } from "../cluster/kubernetes/paths";
import { pulumiProgram } from "../engine/harness/binaries";
import { emptyGoogleProject, type GoogleProject } from "../engine/harness/google";
import { setUpPulumi } from "../engine/harness/setup";
import { inTurn, measured, type Measured } from "./statistics";
import { STOCK_COMPILER_OPTIONS, withoutCompilerCache } from "./subjects";

/** A command of Pulumi's real engine, in milliseconds. */
export interface EngineTime {
  readonly name: string;
  /** What people wait for. */
  readonly whole: Measured;
  /** Of that, the time in which the program ran; undefined where this machine's own language host starts it. */
  readonly program: Measured | undefined;
}

const COMMANDS = {
  "pulumi preview": "pulumi preview --stack dev",
  // Nobody is asked here, but its preview comes first all the same: the program runs twice.
  "second pulumi up": "pulumi up --stack dev",
} as const;

/**
 * Measures what the engine takes for the stack dev, which is up in the model of Google Cloud, as configured here and with Pulumi's stock
 * settings. Undefined where the engine is not built.
 *
 * @throws Error where npm run test:engine is under way, whose files these are.
 */
export async function engineTimes(
  rounds: number,
  told: (name: string, round: number) => void,
): Promise<readonly EngineTime[] | undefined> {
  if (!existsSync(pulumiProgram())) return undefined;
  return withLock(LOCK, () => measureEngine(rounds, told));
}

async function measureEngine(
  rounds: number,
  told: (name: string, round: number) => void,
): Promise<readonly EngineTime[]> {
  await setUpPulumi();
  const subjects = (["as configured", "stock settings"] as const).map(async (compilation) => {
    const google = await emptyGoogleProject(`bench-${compilation.replace(" ", "-")}`, ["dev"], "passphrase");
    if (compilation === "stock settings") useStockSettings(google);
    await google.cold.must(COMMANDS["second pulumi up"]);
    return Object.entries(COMMANDS).map(([name, line]) => subject(`${name}, ${compilation}`, google, line));
  });
  const all = (await Promise.all(subjects)).flat();
  const whole = await inTurn(Object.fromEntries(all.map(({ name, time }) => [name, time])), rounds, told);
  return all.map(({ name, shares }) => ({
    name,
    whole: whole[name] ?? measured([]),
    program: shares.length === 0 ? undefined : measured(shares),
  }));
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);

function subject(name: string, { cold }: GoogleProject, line: string) {
  const file = `${cold.directory}.program-time`;
  const shares: number[] = [];
  const time = () =>
    withoutCompilerCache(async (environment) => {
      rmSync(file, { force: true });
      const started = performance.now();
      await cold.must(line, { env: { ...environment, GOCD_ENGINE_PROGRAM_TIME: file } });
      if (existsSync(file)) shares.push(sum(readFileSync(file, "utf8").trim().split("\n").map(Number)));
      return performance.now() - started;
    });
  return { name, time, shares };
}

/** As `pulumi new typescript` leaves a project. */
function useStockSettings({ project: { directory } }: GoogleProject): void {
  const file = path.join(directory, "Pulumi.yaml");
  writeFileSync(file, stringify({ ...(parse(readFileSync(file, "utf8")) as object), runtime: "nodejs" }));
  const compilerOptions = { ...STOCK_COMPILER_OPTIONS, rootDir: "." };
  writeFileSync(path.join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
}
