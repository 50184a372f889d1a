import { join } from "node:path";
import { STACK_TYPE } from "../../preview/run/registration";
import { hostRun } from "../../preview/run/host";
import { cpuMilliseconds } from "../support/cpu-time";
import { prepared } from "./analyzer";

jest.setTimeout(300_000);

const directory = join(__dirname, "thousand");
const PROJECT = { name: "thousand", stack: "dev", file: "Pulumi.dev.yaml", secretKeys: [], problems: [] };
const run = (pools: number) =>
  hostRun({ project: { ...PROJECT, config: { "thousand:pools": String(pools) } }, directory });

test("1,000 resources are analysed in less than a tenth of the time in which the program registers them", async () => {
  // What the same program takes without resources is the host's start, not registration.
  const start = await run(0);
  const whole = await run(100);
  expect({ status: whole.status, said: whole.said }).toEqual({ status: 0, said: "" });
  const registered = whole.registrations.filter(({ type }) => type !== STACK_TYPE);
  expect(registered).toHaveLength(1000);

  const analyse = prepared(registered.map(({ type, name, inputs }) => ({ type, name, props: inputs })));
  const analysing = await cpuMilliseconds(async () => {
    expect(await analyse()).toEqual([]);
  });

  expect(analysing).toBeLessThan((whole.milliseconds - start.milliseconds) / 10);
});
