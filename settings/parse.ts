import type { z } from "zod";
import { accessOf, accessProblems, wayProblems } from "./access";
import { poolsOf } from "./agents";
import { crossCheck } from "./checks";
import { architecturesOf } from "./architectures";
import { clusterOf } from "./cluster";
import { withDirectRanges } from "./company";
import { oneOf } from "./did-you-mean";
import { gitProblems } from "./git";
import { google as googleKeys, type Google } from "./google";
import { imageProblems, imagesOf } from "./images";
import { GOCD, SECRETS } from "./keys";
import { loginProblems } from "./logins";
import { SettingsError, type HasProblem, type Problem } from "./problems";
import { serverOf } from "./server";
import { serverSecretProblems } from "./server-secrets";
import { stackNameProblems } from "./stack-name";
import { storageOf } from "./storage";
import type { Settings } from "./types";
import { at, check, join } from "./validate";

/** Whose keys a stack file can have: the program's, its providers', the engine's. */
const NAMESPACES = ["gocd", "gcp", "kubernetes", "docker", "random", "tls", "pulumi"];
const PREFIXES = NAMESPACES.map((name) => `${name}:`);

type Config = Readonly<Record<string, string>>;
type Part = keyof typeof GOCD;

/** What is left out, or has nothing behind its colon, reads as this, so that a problem inside is reported at its own path. */
const WHEN_ABSENT: Readonly<Record<Part, unknown>> = {
  cluster: undefined,
  server: {},
  agents: undefined,
  images: {},
  access: "port-forward",
  backup: {},
  builds: {},
  roles: {},
  company: {},
};

/** In place of a part of which nothing can be made, so that the checks across parts still see the others. */
const PLACEHOLDER = { ...WHEN_ABSENT, cluster: { create: {} }, agents: { pool: {} } };

/**
 * Settings from a stack's configuration as Pulumi delivers it: full keys (`gocd:server`), structured values as JSON text.
 *
 * @param config every key of every namespace; of secret keys the values are never quoted.
 * @param secretKeys the full keys whose values are encrypted in the stack file.
 * @throws SettingsError with every problem at once.
 */
export function parseSettings(stack: string, config: Config, secretKeys: readonly string[] = []): Settings {
  const problems = [
    ...stackNameProblems(stack),
    ...unknownKeyProblems(config),
    ...plainSecretProblems(config, secretKeys),
    ...gitProblems(config),
  ];
  const parts = {
    cluster: readPart("cluster", GOCD.cluster, config, secretKeys, problems),
    server: readPart("server", GOCD.server, config, secretKeys, problems),
    agents: readPart("agents", GOCD.agents, config, secretKeys, problems),
    images: readPart("images", GOCD.images, config, secretKeys, problems),
    access: readPart("access", GOCD.access, config, secretKeys, problems),
    backup: readPart("backup", GOCD.backup, config, secretKeys, problems),
    builds: readPart("builds", GOCD.builds, config, secretKeys, problems),
    roles: readPart("roles", GOCD.roles, config, secretKeys, problems),
    company: readPart("company", GOCD.company, config, secretKeys, problems),
  };
  const storageClass = parts.cluster.existing?.storageClass;
  const google = storageClass === undefined ? readGoogle(config, problems) : undefined;
  const hasProblem = hasProblemAmong(problems);
  // Of images with problems of their own there is nothing more to say.
  if (!hasProblem("gocd:images")) {
    problems.push(...imageProblems(parts.images, google !== undefined, Boolean(config["gocd:registryPassword"])));
  }
  problems.push(...wayProblems(parts.access, hasProblem));
  const access = accessOf(parts.access, google?.region, parts.cluster.create !== undefined);
  const { create } = parts.cluster;
  const clusterRanges = create ? [create.ranges.pods, create.ranges.services] : [];
  const agents = poolsOf(
    parts.agents,
    parts.company,
    clusterRanges,
    create?.agentNodes,
    parts.images.prefix,
    storageClass === undefined,
  );
  const settings: Settings = {
    stack,
    name: `gocd-${stack}`,
    cluster: clusterOf(parts.cluster, google, agents, access.mode === "google" ? access.google : undefined),
    storage: storageOf(google, storageClass),
    server: serverOf(parts.server, access, withDirectRanges(parts.company, clusterRanges)),
    agents,
    environments: [...new Set(agents.flatMap((pool) => pool.environments))].sort(),
    images: {
      ...imagesOf(parts.images, google),
      architectures: architecturesOf(agents, parts.cluster.existing?.serverPlacement),
    },
    access,
    backup: parts.backup,
    builds: parts.builds,
    roles: parts.roles,
  };
  problems.push(...serverSecretProblems(config["gocd:serverSecrets"], settings, hasProblem));
  problems.push(...loginProblems(config["gocd:dockerLogins"], agents).filter(({ key }) => !hasProblem(key)));
  const around = { ...settings, hasIapSecret: Boolean(config["gocd:iapClientSecret"]) };
  problems.push(...accessProblems(access, around, hasProblem).filter(({ key }) => !hasProblem(key)));
  problems.push(...crossCheck(settings, hasProblem).filter(({ key }) => !hasProblem(key)));
  if (problems.length > 0) throw new SettingsError(stack, problems);
  return settings;
}

/** Keys that nothing reads. */
function unknownKeyProblems(config: Config): Problem[] {
  const known: readonly string[] = [...Object.keys(GOCD), ...SECRETS];
  return Object.keys(config).flatMap((key) => {
    const [namespace = ""] = key.split(":");
    if (!NAMESPACES.includes(namespace)) {
      const wanted = `a key that begins with ${oneOf(`${namespace}:`, PREFIXES)}`;
      return [{ key: join(key, []), found: "a key that nothing reads", wanted }];
    }
    if (!key.startsWith("gocd:") || known.includes(key.slice(5))) return [];
    return [{ key: join(key, []), found: "a key that does not exist", wanted: oneOf(key.slice(5), known) }];
  });
}

function plainSecretProblems(config: Config, secretKeys: readonly string[]): Problem[] {
  const plain = SECRETS.map((secret) => `gocd:${secret}`).filter(
    (key) => isGiven(config[key]) && !secretKeys.includes(key),
  );
  return plain.map((key) => ({
    key,
    found: "plain text",
    wanted: `a secret: pulumi config set --secret ${key === "gocd:serverSecrets" ? `--path ${key}.users.NAME` : key}`,
  }));
}

/** The defaults in Pulumi.yaml mean that there is none. */
export function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "{}";
}

/** A part of the settings by its schema, or a placeholder. */
function readPart<T extends z.ZodType>(
  part: Part,
  schema: T,
  config: Config,
  secretKeys: readonly string[],
  problems: Problem[],
): z.output<T> {
  const key = `gocd:${part}`;
  if (secretKeys.includes(key)) {
    problems.push({ key, found: "a secret", wanted: `plain text; only ${SECRETS.join(", ")} are secrets` });
    return schema.parse(PLACEHOLDER[part]);
  }
  const text = config[key];
  const value = text === undefined || text === "" ? WHEN_ABSENT[part] : parseValue(text);
  const placeholder = (part === "cluster" ? existingPlaceholder(value) : undefined) ?? PLACEHOLDER[part];
  return check(key, schema, value, problems) ?? schema.parse(placeholder);
}

/** Asks of key paths whether anything at, inside or around them is among the problems: what stands there now is a placeholder. */
function hasProblemAmong(problems: readonly Problem[]): HasProblem {
  const wrong = problems.map(({ key }) => key);
  const within = (inner: string, outer: string) =>
    inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
  return (...keys) => keys.some((key) => wrong.some((other) => within(other, key) || within(key, other)));
}

/** In place of a cluster that is said to exist, as far as other parts depend on it. */
function existingPlaceholder(value: unknown): object | undefined {
  if (at(value, ["existing"]) === undefined) return undefined;
  const storageClass = at(value, ["existing", "storageClass"]) === undefined ? {} : { storageClass: "standard" };
  return { existing: { context: "kind", ...storageClass } };
}

/** Google's keys, each for itself. */
/** What is missing may be missing where nothing is Google's. */
function readGoogle(config: Config, problems: Problem[]): Google {
  const read = (key: keyof Google) => {
    const found: Problem[] = [];
    const value = check(`gcp:${key}`, googleKeys.shape[key], config[`gcp:${key}`], found) ?? "";
    const otherWay = config[`gcp:${key}`] ? "" : "; or gocd:cluster.existing.storageClass, off GKE";
    problems.push(...found.map((one) => ({ ...one, wanted: `${one.wanted}${otherWay}` })));
    return value;
  };
  return { project: read("project"), region: read("region"), zone: read("zone") };
}

/** A value of the stack file: maps, lists, numbers and booleans arrive as JSON, text as it is. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
