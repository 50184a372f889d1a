import { spawnSync } from "node:child_process";
import { runCommand, UsageError } from "../../preview/command";
import { type Cell, table } from "../../preview/show/terminal";
import { ROOT } from "../support/program";
import { engineTimes, type EngineTime } from "./engine";
import { inTurn, measured, type Measured } from "./statistics";
import { type Cost, packStart, previewCost, programStart, sdkCost } from "./subjects";
import { thousandResources, type ThousandResources } from "./thousand-resources";

const HELP = `Usage: npm run bench -- [options]

Measures, each in turn and several times: the start of the program in Pulumi's Node host, as configured here and with
Pulumi's stock settings; a preview with 2, 50 and 200 agents, and what Node needs to load the
same modules of the SDK alone; the start of the policy pack, compiled and from source;
1,000 resources, registered and judged by every policy;
and, where npm run test:engine has built it, Pulumi's own engine: preview and a second up, with the program's share.
Starts begin with an empty compiler cache, as in CI or after a change.

  --rounds N  measurements of each (default: 5)
  --json      the numbers as JSON on standard output
  --help      this text
`;

const FEWEST = 2;
const MOST = 200;
const AGENTS = [FEWEST, 50, MOST];
/** The least that a preview can take. */
const SDK = "SDK modules alone";

interface Report {
  readonly node: string;
  readonly rounds: number;
  /** Milliseconds. */
  readonly program: Readonly<Record<"as configured" | "stock settings", Measured>>;
  readonly preview: readonly {
    readonly name: string;
    readonly resources: number;
    readonly milliseconds: Measured;
    readonly memory: Measured;
  }[];
  /** Milliseconds. */
  readonly pack: Readonly<Record<"compiled" | "TypeScript source", Measured>>;
  /** Milliseconds. */
  readonly thousand: Readonly<Record<keyof ThousandResources, Measured>>;
  readonly engine?: readonly EngineTime[];
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
  const subjects = new Map<string, () => Promise<Cost>>([
    [SDK, sdkCost],
    ...AGENTS.map((agents) => [agentsName(agents), () => previewCost(agents)] as const),
  ]);
  const costs = new Map([...subjects.keys()].map((name): [string, Cost[]] => [name, []]));
  const timed = [...subjects].map(([name, subject]) => {
    const time = async () => {
      const cost = await subject();
      costs.get(name)?.push(cost);
      return cost.milliseconds;
    };
    return [name, time] as const;
  });
  await inTurn(Object.fromEntries(timed), rounds, round("preview"));
  const preview = [...costs].map(([name, list]) => ({
    name,
    resources: list[0]?.resources ?? 0,
    milliseconds: measured(list.map(({ milliseconds }) => milliseconds)),
    memory: measured(list.map(({ memory }) => memory)),
  }));
  const engine = await engineTimes(rounds, round("the engine"));
  return {
    node: process.version,
    rounds,
    program,
    preview,
    pack,
    ...(engine && { engine }),
    thousand: {
      register: measured(thousand.map(({ register }) => register)),
      judge: measured(thousand.map(({ judge }) => judge)),
    },
  };
}

function agentsName(agents: number): string {
  return `${String(agents)} agents`;
}

function show({ node, rounds, program, preview, pack, thousand, engine = [] }: Report): string {
  const [floor] = preview;
  const of = (agents: number) => preview.find(({ name }) => name === agentsName(agents));
  const each = (cost: "milliseconds" | "memory") =>
    ((of(MOST)?.[cost].median ?? 0) - (of(FEWEST)?.[cost].median ?? 0)) / (MOST - FEWEST);
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
    ...preview.map(({ name, resources, milliseconds, memory }) => [
      left(`preview, ${name}`),
      ...seconds(milliseconds),
      times(milliseconds.median / (floor?.milliseconds.median ?? 1)),
      right(`${memory.median.toFixed(0)} MiB`),
      times(memory.median / (floor?.memory.median ?? 1)),
      right(String(resources)),
    ]),
    [
      left(`preview, each agent from ${String(FEWEST)} to ${String(MOST)}`),
      right(`${each("milliseconds").toFixed(1)} ms`),
      left(""),
      left(""),
      right(`${each("memory").toFixed(2)} MiB`),
    ],
    ...engine.flatMap(({ name, whole, program: share }) => [
      [left(name), ...seconds(whole), times(whole.median / (engine[0]?.whole.median ?? 1))],
      ...(share === undefined ? [] : [[left("  of which the program"), ...seconds(share)]]),
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

void runCommand(
  { name: "npm run bench", help: HELP },
  { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  async ({ values }) => {
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new UsageError("--rounds: a whole number of at least 1 is wanted");
    const report = await measure(rounds, (line) => process.stderr.write(`${line}\n`));
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${show(report)}`);
    return 0;
  },
);
