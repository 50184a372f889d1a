import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { table } from "../../preview/show/terminal";
import type { Cell } from "../../preview/show/terminal";
import { ROOT } from "../support/program";
import { inTurn, measured } from "./statistics";
import type { Measured } from "./statistics";
import { packStart, previewCost, programStart } from "./subjects";
import type { Cost } from "./subjects";
import { thousandResources, type ThousandResources } from "./thousand-resources";

const HELP = `Usage: npm run bench -- [options]

Measures, each in turn and several times: the start of the program in Pulumi's Node host, as configured here and with
Pulumi's stock settings; a preview with 2, 50 and 200 agents; the start of the policy pack, compiled and from source;
1,000 resources, registered and judged by every policy.
Starts begin with an empty compiler cache, as in CI or after a change.

  --rounds N  measurements of each (default: 3)
  --json      the numbers as JSON on standard output
  --help      this text
`;

const AGENTS = [2, 50, 200];

interface Report {
  readonly node: string;
  readonly rounds: number;
  /** Milliseconds. */
  readonly program: Readonly<Record<"as configured" | "stock settings", Measured>>;
  readonly preview: readonly {
    readonly agents: number;
    readonly resources: number;
    readonly milliseconds: Measured;
    readonly memory: Measured;
  }[];
  /** Milliseconds. */
  readonly pack: Readonly<Record<"compiled" | "TypeScript source", Measured>>;
  /** Milliseconds. */
  readonly thousand: Readonly<Record<keyof ThousandResources, Measured>>;
}

async function measure(rounds: number, say: (line: string) => void): Promise<Report> {
  const round = (what: string) => (name: string, number: number) => {
    say(`${what}, ${name} (${String(number)} of ${String(rounds)})`);
  };
  say("policy pack: build");
  const build = spawnSync("npm", ["run", "-s", "build:policy"], { cwd: ROOT, encoding: "utf8" });
  if (build.status !== 0) throw new Error(`the policy pack does not build: ${build.stdout}${build.stderr}`);
  const program = await inTurn(
    { "as configured": () => programStart("as configured"), "stock settings": () => programStart("stock settings") },
    rounds,
    round("program start"),
  );
  const pack = await inTurn(
    { compiled: () => packStart("compiled"), "TypeScript source": () => packStart("TypeScript source") },
    rounds,
    round("policy pack start"),
  );
  const thousand: ThousandResources[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    round("1,000 resources")("registered and judged", number);
    thousand.push(await thousandResources());
  }
  const costs = new Map<number, Cost[]>(AGENTS.map((agents) => [agents, []]));
  const time = (agents: number) => async () => {
    const cost = await previewCost(agents);
    costs.get(agents)?.push(cost);
    return cost.milliseconds;
  };
  const times = await inTurn(
    Object.fromEntries(AGENTS.map((agents) => [`${String(agents)} agents`, time(agents)])),
    rounds,
    round("preview"),
  );
  const preview = AGENTS.map((agents) => ({
    agents,
    resources: costs.get(agents)?.[0]?.resources ?? 0,
    milliseconds: times[`${String(agents)} agents`] as Measured,
    memory: measured((costs.get(agents) ?? []).map(({ memory }) => memory)),
  }));
  return {
    node: process.version,
    rounds,
    program,
    preview,
    pack,
    thousand: {
      register: measured(thousand.map(({ register }) => register)),
      judge: measured(thousand.map(({ judge }) => judge)),
    },
  };
}

function show({ node, rounds, program, preview, pack, thousand }: Report): string {
  const [smallest] = preview;
  const seconds = ({ median, least, most }: Measured) => [
    right(`${(median / 1000).toFixed(2)} s`),
    right(`${(least / 1000).toFixed(2)}–${(most / 1000).toFixed(2)}`),
  ];
  const times = (ratio: number) => right(`${ratio.toFixed(1)} ×`);
  const rows: Cell[][] = [
    [
      left(`Node ${node}, ${String(rounds)} rounds`),
      right("median"),
      right("range"),
      right("ratio"),
      right("memory"),
      right("ratio"),
      right("resources"),
      right("ratio"),
    ],
    [left("program start, as configured"), ...seconds(program["as configured"]), times(1)],
    [
      left("program start, stock settings"),
      ...seconds(program["stock settings"]),
      times(program["stock settings"].median / program["as configured"].median),
    ],
    [left("policy pack start, compiled"), ...seconds(pack.compiled), times(1)],
    [
      left("policy pack start, TypeScript source"),
      ...seconds(pack["TypeScript source"]),
      times(pack["TypeScript source"].median / pack.compiled.median),
    ],
    [left("1,000 resources, registered"), ...seconds(thousand.register), times(1)],
    [
      left("1,000 resources, judged by every policy"),
      ...seconds(thousand.judge),
      right(`${(thousand.judge.median / thousand.register.median).toFixed(2)} ×`),
    ],
    ...preview.map(({ agents, resources, milliseconds, memory }) => [
      left(`preview, ${String(agents)} agents`),
      ...seconds(milliseconds),
      times(milliseconds.median / (smallest?.milliseconds.median ?? 1)),
      right(`${memory.median.toFixed(0)} MiB`),
      times(memory.median / (smallest?.memory.median ?? 1)),
      right(String(resources)),
      times(resources / (smallest?.resources ?? 1)),
    ]),
  ];
  return `${table(rows).join("\n")}\n`;
}

function left(text: string): Cell {
  return { text };
}

function right(text: string): Cell {
  return { text, align: "right" };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds: a whole number of at least 1");
  const report = await measure(rounds, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${show(report)}`);
}

void main().catch((error: unknown) => {
  process.stderr.write(`error ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
