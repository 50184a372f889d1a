import type { z } from "zod";
import { crossCheck } from "./checks";
import { show, SettingsError, type Problem } from "./problems";
import * as schema from "./schema";
import type { Google, Settings } from "./settings";
import { GOOGLE_REGISTRIES } from "./values";

/** Service account ids may have 30 characters, of which `gocd-` and `-agents` take 12. */
const STACK_NAME = /^[a-z]([a-z0-9-]{0,16}[a-z0-9])?$/;
/** What follows a stack's name in that of a namespace or a disk: `gocd-dev-agents` must not be the stack `dev-agents`. */
const SUFFIXES = /-(agents|artifacts|data)(-|$)/;

/** Whose keys a stack file can have: the program's, its providers', the engine's. Any other is a slip. */
const NAMESPACES = ["gocd", "gcp", "kubernetes", "docker", "random", "tls", "pulumi"];

/** What is left out altogether reads as an empty map, so that a problem inside is reported at its own path. */
const WHEN_ABSENT: Readonly<Record<string, unknown>> = { server: {}, images: {}, access: "port-forward", backup: {} };

/** Stand in for a part with problems of its own, so that the checks across parts still see the others. */
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
    return (
      check(`gocd:${key}`, of, text === undefined ? WHEN_ABSENT[key] : parseValue(text), problems) ??
      of.parse(STAND_IN[key])
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
  // Images with problems of their own are a stand-in here, of which there is nothing to say.
  if (!problems.some(({ key }) => partOf(key) === "gocd:images")) {
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
  // A part that has problems already is a stand-in here: what the cross-checks say of it means nothing.
  const broken = new Set(problems.map(({ key }) => partOf(key)));
  problems.push(...crossCheck(settings).filter(({ key }) => !broken.has(partOf(key))));
  if (problems.length > 0) throw new SettingsError(stack, problems);
  return settings;
}

/** `gocd:agents` of `gocd:agents.docker.mirrors[0]`. */
function partOf(key: string): string {
  return key.split(/[.[]/, 1)[0] ?? key;
}

/** GKE's class of balanced disks that are made where the pod goes. */
const GKE_CLASS = "standard-rwo";

/** Google's keys; where they have problems, a stand-in of the right shape lets the other checks go on. */
function readGoogle(config: Readonly<Record<string, string>>, problems: Problem[]): Google {
  const { "gcp:project": project, "gcp:region": region, "gcp:zone": zone } = config;
  return check("gcp:", schema.google, { project, region, zone }, problems) ?? { project: "", region: "", zone: "-" };
}

type ImagesInFile = z.output<typeof schema.images>;

const isGoogles = (registry: string) => GOOGLE_REGISTRIES.includes(registry);

/** What the images' keys say together, and with the password that is a key of its own. */
function imageProblems(images: ImagesInFile, google: boolean, password: boolean): Problem[] {
  const { prebuilt, registry = "gcr.io", repository, username } = images;
  const own = prebuilt === undefined && !isGoogles(registry);
  const problems: Problem[] = [];
  if (prebuilt === undefined && !own && !google) {
    problems.push({
      key: images.registry === undefined ? "gocd:images.prebuilt" : "gocd:images.registry",
      found: show(images.registry),
      wanted:
        "images by digest, or a registry that is not Google's, since a cluster with a storageClass uses no Google project",
    });
  }
  if (own && repository !== undefined) {
    problems.push({
      key: "gocd:images.repository",
      found: show(repository),
      wanted: `nothing: only the repository behind ${GOOGLE_REGISTRIES.join(", ")} is made here`,
    });
  }
  if (username !== undefined && !own && prebuilt === undefined) {
    problems.push({
      key: "gocd:images.username",
      found: show(username),
      wanted: `nothing: whoever runs Pulumi pushes to ${registry}`,
    });
  }
  if (own && username !== undefined && !password) {
    problems.push({
      key: "gocd:registryPassword",
      found: "nothing",
      wanted: `the password of ${show(username)}: pulumi config set --secret gocd:registryPassword`,
    });
  }
  if (password && (!own || username === undefined)) {
    problems.push({
      key: own ? "gocd:images.username" : "gocd:registryPassword",
      found: own ? "nothing" : "a secret",
      wanted: own ? "the user that gocd:registryPassword belongs to" : "nothing: no registry here asks for it",
    });
  }
  return problems;
}

function imagesOf(images: ImagesInFile, google: Google | undefined): Settings["images"] {
  const { registry = "gcr.io", repository = "create", username } = images;
  if (images.prebuilt) return { mode: "prebuilt", references: images.prebuilt };
  if (isGoogles(registry)) return { mode: "google", project: google?.project ?? "", registry, repository };
  return { mode: "registry", registry, username };
}

/** A value of the stack file: maps, lists, numbers and booleans arrive as JSON, text as it is. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function check<T extends z.ZodType>(key: string, of: T, value: unknown, problems: Problem[]): z.output<T> | undefined {
  const result = of.safeParse(value);
  if (result.success) return result.data;
  for (const issue of distinct(result.error.issues)) {
    if (issue.code === "unrecognized_keys") {
      for (const unknownKey of issue.keys) {
        problems.push({
          key: join(key, [...issue.path, unknownKey]),
          found: "a key that does not exist",
          wanted: keysOf(of, issue.path),
        });
      }
    } else if (issue.code === "invalid_key") {
      problems.push({
        key: join(key, issue.path),
        found: show(issue.path.at(-1)),
        wanted: issue.issues[0]?.message ?? issue.message,
      });
    } else {
      problems.push({ key: join(key, issue.path), found: show(at(value, issue.path)), wanted: issue.message });
    }
  }
  return undefined;
}

/** A number can be no whole one and too large at the same time; both are answered with the same words. */
function distinct(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify([issue.path.map(String), issue.message]), issue])).values()];
}

/** `gocd:agents` and `["docker", "mirrors", 0]` are `gocd:agents.docker.mirrors[0]`. */
function join(key: string, path: readonly PropertyKey[]): string {
  const rest = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return (key.endsWith(":") ? key + rest.replace(/^\./, "") : key + rest).replace(/[^\x20-\x7e]/g, "?");
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly innerType?: SchemaNode;
    readonly valueType?: SchemaNode;
    readonly in?: SchemaNode;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
  };
}

/** The keys that a map at a path may have, read from the schema itself. */
function keysOf(of: z.ZodType, path: readonly PropertyKey[]): string {
  const open = (node: SchemaNode | undefined): SchemaNode | undefined =>
    (node?.def.innerType ?? node?.def.in) ? open(node.def.innerType ?? node.def.in) : node;
  let node = open(of);
  for (const part of path) node = open(node?.def.shape?.[String(part)] ?? node?.def.valueType);
  return `one of ${Object.keys(node?.def.shape ?? {}).join(", ")}`;
}
