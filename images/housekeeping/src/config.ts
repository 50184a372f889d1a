import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { environmentName, httpUrl, readManaged, type Managed } from "./managed";
import { isReserved } from "./record";

/** GoCD allows more in a resource (blanks, pipes); those two separate names in the record that housekeeping keeps. */
const resource = z
  .string()
  .regex(/^[\w.-]+$/, "letters, digits, dots, hyphens and underscores only")
  .refine((name) => !isReserved(name), { error: "is housekeeping's own" });
const dnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label");

const expectedAgent = z.strictObject({
  uuid: z.uuid(),
  /** Name of the pod, which is what the agent calls itself. */
  hostname: dnsLabel,
  pool: dnsLabel,
  resources: z.array(resource),
  environments: z.array(environmentName),
});

const agents = z.array(expectedAgent).check((context) => {
  for (const key of ["uuid", "hostname"] as const) {
    const seen = new Set<string>();
    context.value.forEach((agent, index) => {
      if (seen.has(agent[key]))
        context.issues.push({ code: "custom", input: index, path: [index, key], message: "is there twice" });
      seen.add(agent[key]);
    });
  }
});

const settings = z.strictObject({
  /** Ends in /go. */
  serverUrl: httpUrl.refine((url) => url.endsWith("/go"), { error: "must end in /go" }),
  /** Seconds between the end of one reconciliation and the next. */
  intervalSeconds: z.number().min(0.01).max(3600).default(10),
  /** Seconds until a request to GoCD is given up. */
  requestTimeoutSeconds: z.number().min(0.01).max(300).default(10),
  /**
   * Seconds for which a disabled agent must have been seen idle before it is told so. Agents ask for work every ten seconds; until
   * then a job that GoCD has just given to this one does not show (docs/decisions/0042).
   */
  settledAfterSeconds: z.number().nonnegative().max(300).default(20),
  /** Minutes after which an agent of ours that is lost, and no longer expected, is removed. */
  lostAfterMinutes: z.number().nonnegative().default(30),
  /** Agents with less free disk than this many GiB are named in the line of every reconciliation. */
  lowDiskGib: z.number().nonnegative().default(2),
  /**
   * DNS domain of the agents' headless Services, such as `gocd-dev-agents.svc`. When it is given, a pending agent is approved
   * only if it asked from the address of `<hostname>.<pool>.<agentsDomain>`. Leave it out where the server sees other
   * addresses than the pods' own.
   */
  agentsDomain: z.string().min(1).optional(),
  /** Read by itself: a setting that is not valid is left out, and the rest goes on. */
  managed: z.unknown().transform(readManaged).prefault({}),
});

type Settings = Omit<z.output<typeof settings>, "managed"> & { readonly managed: Managed };
export type ExpectedAgent = z.output<typeof expectedAgent>;

export interface Config {
  readonly settings: Settings;
  readonly agents: readonly ExpectedAgent[];
  /** What GoCD makes agents' tokens with. With its token an agent proves to be the one that wants to be drained. */
  readonly tokenGenerationKey: string;
  readonly username: string;
  readonly password: string;
  /** What is wrong with managed settings, which are left out. */
  readonly problems: readonly string[];
}

/** Everything that is wrong with the configuration, one line for each problem. No line quotes a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

/**
 * Reads the five files of a mounted Secret again whenever they have changed: kubelet refreshes them in place, so that adding
 * an agent restarts nothing.
 */
export class ConfigFolder {
  private seen = "";
  private config: Config | undefined;

  constructor(private readonly folder: string) {}

  /**
   * The configuration as it is now; the same object as before when no file has changed.
   *
   * @throws ConfigError with all problems at once.
   */
  read(): Config {
    const problems: string[] = [];
    const text = {
      config: this.file("config.json", problems),
      agents: this.file("agents.json", problems),
      tokenGenerationKey: this.file("token-generation-key", problems),
      username: this.file("username", problems),
      password: this.file("password", problems),
    };
    const digest = createHash("sha256").update(JSON.stringify(text)).digest("hex");
    if (this.config !== undefined && digest === this.seen) return this.config;
    const parsed = {
      settings: parse("config.json", text.config, settings, problems),
      agents: parse("agents.json", text.agents, agents, problems),
      tokenGenerationKey: line("token-generation-key", text.tokenGenerationKey, problems),
      username: line("username", text.username, problems),
      password: line("password", text.password, problems),
    };
    if (problems.length > 0) throw new ConfigError(problems);
    this.seen = digest;
    this.config = complete(parsed as Parsed);
    return this.config;
  }

  /** The text of a file, or nothing when it cannot be read: then that is its only problem. */
  private file(name: string, problems: string[]): string | undefined {
    try {
      return readFileSync(join(this.folder, name), "utf8");
    } catch (error) {
      problems.push(`${name}: cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
      return undefined;
    }
  }
}

type Parsed = Omit<Config, "settings" | "problems"> & { readonly settings: z.output<typeof settings> };

function complete({ settings: { managed, ...rest }, ...parsed }: Parsed): Config {
  return { ...parsed, settings: { ...rest, managed: managed.managed }, problems: managed.problems };
}

type Text = string | undefined;

function parse<T extends z.ZodType>(file: string, text: Text, schema: T, problems: string[]): z.output<T> | undefined {
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    problems.push(`${file}: is not JSON`); // the parser's own message would quote the file
    return undefined;
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    problems.push(`${[file, ...issue.path.map(String)].join(": ")}: ${issue.message}`);
  return undefined;
}

function line(file: string, text: Text, problems: string[]): string | undefined {
  const value = text?.replace(/\r?\n$/, "");
  if (value === "") problems.push(`${file}: is empty`);
  if (value !== undefined && /[\r\n]/.test(value)) problems.push(`${file}: has more than one line`);
  return value;
}
