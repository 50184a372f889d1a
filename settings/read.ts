import type { z } from "zod";
import { crossCheck } from "./checks";
import { show, SettingsError, type Broken, type Problem } from "./problems";
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

/**
 * A value by its schema, or undefined if nothing can be made of it. What is wrong is reported and taken out, and the rest is
 * read again: so that a slip in one place hides no other, neither from the schema nor from the checks across keys.
 */
function check<T extends z.ZodType>(key: string, of: T, value: unknown, problems: Problem[]): z.output<T> | undefined {
  const seen = new Set<string>();
  let rest = value;
  for (;;) {
    const result = of.safeParse(rest);
    if (result.success) return result.data;
    const read = rest;
    for (const issue of distinct(result.error.issues)) {
      const slips = issue.code === "unrecognized_keys" ? issue.keys.map((name) => [...issue.path, name]) : [issue.path];
      for (const path of slips) {
        const place = join(key, path);
        // A map that this has emptied is no slip of its own.
        const emptied = isEmpty(at(read, path)) && !isEmpty(at(value, path));
        if (!seen.has(place) && !emptied) problems.push(...problemsAt(key, of, read, issue, path));
        // Required, and so still wrong when it is gone: then the map around it goes, of which nothing more is said.
        const again = seen.has(place) || at(rest, path) === undefined;
        let gone = again ? path.slice(0, -1) : path;
        // Of a list with a slip in it nothing is kept: the places of the others would no longer be theirs.
        while (typeof gone.at(-1) === "number") gone = gone.slice(0, -1);
        if (gone.length === 0) return undefined;
        if (again) for (let end = 0; end <= gone.length; end++) seen.add(join(key, gone.slice(0, end)));
        seen.add(place);
        rest = without(rest, gone);
      }
    }
  }
}

function problemsAt(key: string, of: z.ZodType, value: unknown, issue: z.core.$ZodIssue, path: readonly PropertyKey[]) {
  const place = join(key, path);
  const found = show(at(value, path));
  if (issue.code === "unrecognized_keys") {
    return [{ key: place, found: "a key that does not exist", wanted: keysOf(of, issue.path) }];
  }
  if (issue.code !== "invalid_key") return [{ key: place, found, wanted: issue.message }];
  // A map under a name that is none was not looked into. The node is a schema: zod's types only do not say so of what is inside one.
  const inside: Problem[] = [];
  check(place, nodeAt(of, path) as unknown as z.ZodType, at(value, path), inside);
  return [{ key: place, found: show(path.at(-1)), wanted: issue.issues[0]?.message ?? issue.message }, ...inside];
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** A copy without what stands at a path. */
function without(value: unknown, [first, ...more]: readonly PropertyKey[]): unknown {
  if (typeof value !== "object" || value === null || first === undefined) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === first ? without(item, more) : item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      if (name !== first) return [[name, inner]];
      return more.length === 0 ? [] : [[name, without(inner, more)]];
    }),
  );
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
    readonly element?: SchemaNode;
    readonly in?: SchemaNode;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
  };
}

/** The keys that a map at a path may have, read from the schema itself. */
function keysOf(of: z.ZodType, path: readonly PropertyKey[]): string {
  return `one of ${Object.keys(nodeAt(of, path)?.def.shape ?? {}).join(", ")}`;
}

/** The schema of what stands at a path. */
function nodeAt(of: z.ZodType, path: readonly PropertyKey[]): SchemaNode | undefined {
  const open = (node: SchemaNode | undefined): SchemaNode | undefined =>
    (node?.def.innerType ?? node?.def.in) ? open(node.def.innerType ?? node.def.in) : node;
  return path.reduce<SchemaNode | undefined>(
    (node, part) => open(node?.def.shape?.[String(part)] ?? node?.def.valueType ?? node?.def.element),
    open(of),
  );
}
