import { join } from "node:path";
import { hostRun } from "../../preview/run/host";
import { STACK_TYPE } from "../../preview/run/registration";
import { prepared } from "../policy/analyzer";
import { cpuMilliseconds } from "../support/cpu-time";

const directory = join(__dirname, "thousand");
const PROJECT = { name: "thousand", stack: "dev", file: "Pulumi.dev.yaml", secretKeys: [], problems: [] };

const run = async (pools: number) => {
  const result = await hostRun({ project: { ...PROJECT, config: { "thousand:pools": String(pools) } }, directory });
  if (result.status !== 0) throw new Error(`the program of 1,000 resources failed: ${result.output}`);
  return result;
};

/** Milliseconds that 1,000 resources take: `register` in Pulumi's Node host without its start, `judge` in every policy. */
export interface ThousandResources {
  readonly register: number;
  readonly judge: number;
}

/** Registers 1,000 resources of the kinds and sizes that a large installation has, and lets every policy judge them. */
export async function thousandResources(): Promise<ThousandResources> {
  const start = await run(0);
  const whole = await run(100);
  const resources = whole.registrations.filter(({ type }) => type !== STACK_TYPE);
  const analyse = prepared(resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })));
  const judge = await cpuMilliseconds(async () => {
    const found = await analyse();
    if (found.length > 0) throw new Error(`the policies find something: ${found[0]?.message ?? ""}`);
  });
  return { register: whole.milliseconds - start.milliseconds, judge };
}
