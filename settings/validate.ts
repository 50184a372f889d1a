import type { z } from "zod";
import { didYouMean, oneOf } from "./did-you-mean";
import { formatValue, problem, type Problem } from "./problems";

/**
 * A value by its schema, or undefined if nothing can be made of it. What is wrong is reported and taken out, and the rest is
 * read again: so that a mistake in one place hides no other, neither from the schema nor from the checks across keys.
 */
export function check<T extends z.ZodType>(
  key: string,
  of: T,
  value: unknown,
  problems: Problem[],
): z.output<T> | undefined {
  const seen = new Set<string>();
  let rest = value;
  for (;;) {
    const result = of.safeParse(rest);
    if (result.success) return result.data;
    const read = rest;
    for (const issue of distinct(result.error.issues.flatMap(chosen))) {
      const paths = issue.code === "unrecognized_keys" ? issue.keys.map((name) => [...issue.path, name]) : [issue.path];
      for (const path of paths) {
        const place = join(key, path);
        // A map that this has emptied is no mistake of its own.
        const emptied = isEmpty(at(read, path)) && !isEmpty(at(value, path));
        if (!seen.has(place) && !emptied) problems.push(...problemsAt(key, of, read, issue, path));
        // Required, and so still wrong when it is gone: then the map around it goes, of which nothing more is said.
        const again = seen.has(place) || at(rest, path) === undefined;
        let gone = again ? path.slice(0, -1) : path;
        // Of a list with a mistake in it nothing is kept: the places of the others would no longer be theirs.
        while (typeof gone.at(-1) === "number") gone = gone.slice(0, -1);
        if (gone.length === 0) return undefined;
        if (again) for (let end = 0; end <= gone.length; end++) seen.add(join(key, gone.slice(0, end)));
        seen.add(place);
        // A list without which the map around it is incomplete is no mistake beside the one in it.
        seen.add(join(key, gone));
        rest = without(rest, gone);
      }
    }
  }
}

function problemsAt(key: string, of: z.ZodType, value: unknown, issue: z.core.$ZodIssue, path: readonly PropertyKey[]) {
  const place = join(key, path);
  const found = formatValue(at(value, path));
  if (issue.code === "unrecognized_keys") {
    return [{ key: place, found: "a key that does not exist", wanted: oneOf(path.at(-1), keysOf(of, issue.path)) }];
  }
  if (issue.code !== "invalid_key") {
    const words = issue.code === "invalid_value" ? issue.values.map(String) : [];
    return [{ key: place, found, wanted: `${issue.message}${didYouMean(at(value, path), words)}` }];
  }
  // A map under a name that is none was not looked into. The node is a schema: zod's types only do not say so of what is inside one.
  const inside: Problem[] = [];
  check(place, nodeAt(of, path) as unknown as z.ZodType, at(value, path), inside);
  return [problem(place, path.at(-1), issue.issues[0]?.message ?? issue.message), ...inside];
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

/** Of a word or a map, such as gocd:access: where a map was given, what is wrong inside it rather than that it is no word. */
function chosen(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const ofAnotherKind = ({ code, path }: z.core.$ZodIssue) =>
    path.length === 0 && (code === "invalid_type" || code === "invalid_value");
  const inside = issue.errors.find((issues) => !issues.some(ofAnotherKind));
  return inside?.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

/** A number can be no whole one and too large at the same time; both are answered with the same words. */
function distinct(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify([issue.path.map(String), issue.message]), issue])).values()];
}

/** `gocd:agents` and `["docker", "mirrors", 0]` are `gocd:agents.docker.mirrors[0]`. */
export function join(key: string, path: readonly PropertyKey[]): string {
  const rest = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return (key.endsWith(":") ? key + rest.replace(/^\./, "") : key + rest).replace(/[^\x20-\x7e]/g, "?");
}

/** What stands at a path, or undefined. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
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
    readonly options?: readonly SchemaNode[];
    readonly in?: SchemaNode;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
  };
}

/** The keys that a map at a path may have, read from the schema itself. */
function keysOf(of: z.ZodType, path: readonly PropertyKey[]): string[] {
  return Object.keys(nodeAt(of, path)?.def.shape ?? {});
}

/** The schema of what stands at a path. */
function nodeAt(of: z.ZodType, path: readonly PropertyKey[]): SchemaNode | undefined {
  const open = (node: SchemaNode | undefined): SchemaNode | undefined => {
    const inner = node?.def.innerType ?? node?.def.in ?? node?.def.options?.find(({ def }) => def.shape);
    return inner ? open(inner) : node;
  };
  return path.reduce<SchemaNode | undefined>(
    (node, part) => open(node?.def.shape?.[String(part)] ?? node?.def.valueType ?? node?.def.element),
    open(of),
  );
}
