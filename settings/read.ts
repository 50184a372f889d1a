import type { z } from "zod";
import { crossCheck } from "./checks";
import { imageProblems, imagesOf } from "./images";
import { show, SettingsError, type Broken, type Problem } from "./problems";
import * as schema from "./schema";
import type { Google, Settings } from "./settings";
import { at, check, join } from "./validate";

/** Service account ids may have 30 characters, of which `gocd-` and `-agents` take 12. */
const STACK_NAME = /^[a-z]([a-z0-9-]{0,16}[a-z0-9])?$/;
/** What follows a stack's name in that of a namespace or a disk: `gocd-dev-agents` must not be the stack `dev-agents`. */
const SUFFIXES = /-(agents|artifacts|data)(-|$)/;

/** Whose keys a stack file can have: the program's, its providers', the engine's. Any other is a slip. */
const NAMESPACES = ["gocd", "gcp", "kubernetes", "docker", "random", "tls", "pulumi"];

/** What is left out altogether reads as an empty map, so that a problem inside is reported at its own path. */
const WHEN_ABSENT: Readonly<Record<string, unknown>> = { server: {}, images: {}, access: "port-forward", backup: {} };

/** Stand in for a part of which nothing can be made, so that the checks across parts still see the others. */
const STAND_IN = {
  cluster: { create: {} },
  server: {},
  agents: { pool: {} },
  images: {},
  access: "port-forward",
  backup: {},
} as const;

/**
 * Settings from a stack's configuration as Pulumi delivers it: full keys (`gocd:server`), structured values as JSON text.
 *
 * @param config every key of every namespace; values of secret keys are never looked at, except whether they are empty.
 * @param secretKeys the full keys whose values are encrypted in the stack file.
 * @throws SettingsError with every problem at once.
 */
export function parseSettings(
  stack: string,
  config: Readonly<Record<string, string>>,
  secretKeys: readonly string[] = [],
): Settings {
  const problems: Problem[] = [];
  if (!STACK_NAME.test(stack)) {
    problems.push({
      key: "stack",
      found: show(stack),
      wanted: "a name of at most 18 characters: small letters, digits, dashes, a letter first",
    });
  }
  if (SUFFIXES.test(stack)) {
    const wanted = "a name without -agents, -artifacts or -data, which would be another stack's namespace or disk";
    problems.push({ key: "stack", found: show(stack), wanted });
  }
  const known: readonly string[] = [...Object.keys(schema.GOCD), ...schema.SECRETS];
  for (const key of Object.keys(config)) {
    const [namespace = ""] = key.split(":");
    if (!NAMESPACES.includes(namespace)) {
      const wanted = `a key that begins with one of ${NAMESPACES.map((name) => `${name}:`).join(", ")}`;
      problems.push({ key: join(key, []), found: "a key that nothing reads", wanted });
    }
    if (key.startsWith("gocd:") && !known.includes(key.slice(5))) {
      problems.push({ key: join(key, []), found: "a key that does not exist", wanted: `one of ${known.join(", ")}` });
    }
  }

  for (const key of schema.SECRETS.map((secret) => `gocd:${secret}`)) {
    if (config[key] && !secretKeys.includes(key)) {
      problems.push({ key, found: "plain text", wanted: `a secret: pulumi config set --secret ${key}` });
    }
  }

  const read = <T extends z.ZodType>(key: keyof typeof STAND_IN, of: T): z.output<T> => {
    const text = config[`gocd:${key}`];
    if (secretKeys.includes(`gocd:${key}`)) {
      problems.push({
        key: `gocd:${key}`,
        found: "a secret",
        wanted: `plain text; only ${schema.SECRETS.join(" and ")} are secrets`,
      });
      return of.parse(STAND_IN[key]);
    }
    const value = text === undefined ? WHEN_ABSENT[key] : parseValue(text);
    return (
      check(`gocd:${key}`, of, value, problems) ??
      of.parse((key === "cluster" ? existingStandIn(value) : undefined) ?? STAND_IN[key])
    );
  };
  const cluster = read("cluster", schema.cluster);
  const server = read("server", schema.server);
  const agents = read("agents", schema.agents);
  const images = read("images", schema.images);
  const access = read("access", schema.access);
  const backup = read("backup", schema.backup);

  const storageClass = cluster.existing?.storageClass;
  const google = storageClass === undefined ? readGoogle(config, problems) : undefined;
  const broken = brokenIn(problems);
  // Of images with problems of their own there is nothing more to say.
  if (!broken("gocd:images")) {
    problems.push(...imageProblems(images, google !== undefined, Boolean(config["gocd:registryPassword"])));
  }

  const settings: Settings = {
    stack,
    name: `gocd-${stack}`,
    cluster:
      cluster.create && google
        ? { mode: "create", google, ...cluster.create }
        : {
            mode: "existing",
            context: cluster.existing?.context ?? "",
            nodeVolumes: cluster.existing?.nodeVolumes ?? false,
            serverPlacement: cluster.existing?.serverPlacement,
          },
    storage: google
      ? { mode: "disks", google, storageClass: GKE_CLASS }
      : { mode: "class", storageClass: storageClass ?? "" },
    server,
    agents: Object.entries(agents)
      .map(([name, pool]) => ({ name, ...pool }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    images: imagesOf(images, google),
    access,
    backup,
  };
  problems.push(...crossCheck(settings, broken).filter(({ key }) => !broken(key)));
  if (problems.length > 0) throw new SettingsError(stack, problems);
  return settings;
}

/** Asks of key paths whether anything at, inside or around them is among the problems: what stands there now is a stand-in. */
function brokenIn(problems: readonly Problem[]): Broken {
  const wrong = problems.map(({ key }) => key);
  const within = (inner: string, outer: string) =>
    inner.startsWith(outer) && /^([.[]|$)/.test(inner.slice(outer.length));
  return (...keys) => keys.some((key) => wrong.some((other) => within(other, key) || within(key, other)));
}

/** Stands in for a cluster that is said to exist, as far as other parts depend on it. */
function existingStandIn(value: unknown): object | undefined {
  if (at(value, ["existing"]) === undefined) return undefined;
  const storageClass = at(value, ["existing", "storageClass"]) === undefined ? {} : { storageClass: "standard" };
  return { existing: { context: "kind", ...storageClass } };
}

/** GKE's class of balanced disks that are made where the pod goes. */
const GKE_CLASS = "standard-rwo";

/** Google's keys, each for itself. */
function readGoogle(config: Readonly<Record<string, string>>, problems: Problem[]): Google {
  const read = (key: keyof Google) =>
    check(`gcp:${key}`, schema.google.shape[key], config[`gcp:${key}`], problems) ?? "";
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
