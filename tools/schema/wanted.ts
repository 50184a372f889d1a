import type { z } from "zod";

/** One key of the settings, as the documentation and an editor show it. */
export interface Key {
  /** As in the stack file: `gocd:agents.<pool>.replicas`. */
  readonly path: string;
  readonly meaning: string;
  /** What may stand there, in the words that a wrong value is answered with. */
  readonly wanted: string;
  /** The default, or undefined if there is none. */
  readonly fallback: unknown;
  /** Whether a file without the key is refused wherever the map around it stands. */
  readonly required: boolean;
}

interface Schema extends z.ZodType {
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly defaultValue?: unknown;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly valueType?: Schema;
    readonly options?: readonly Schema[];
  } & z.ZodType["def"];
}

/** No stack file can hold this, so every schema answers it with what it wants. */
const NOTHING_VALID = Symbol("nothing valid");

/** What a schema asks for, in its own words: the message that it answers a wrong value with. */
export function wanted(schema: z.ZodType): string {
  return schema.safeParse(NOTHING_VALID).error?.issues[0]?.message ?? "";
}

/** Every key below a schema that holds a value of its own rather than a map of further keys, in the schema's order. */
export function keys(path: string, schema: z.ZodType): Key[] {
  return walk(schema, { path, meaning: undefined, fallback: undefined, required: true });
}

/** What the wrappers around a schema have said about its key. */
type Said = Pick<Key, "path" | "fallback" | "required"> & { readonly meaning: string | undefined };

function walk(schema: Schema, outer: Said): Key[] {
  const { shape, valueType, innerType, type, defaultValue } = schema.def;
  const below = (name: string): Said => ({
    path: `${outer.path}.${name}`,
    meaning: undefined,
    fallback: undefined,
    required: true,
  });
  if (shape) return Object.entries(shape).flatMap(([key, inner]) => walk(inner, below(key)));
  if (valueType)
    return walk(valueType, { ...below(outer.path === "gocd:agents" ? "<pool>" : "<name>"), required: false });

  const meaning = outer.meaning ?? schema.description;
  // A word or a map: a row for the word, with all that is wanted, and those of the map.
  const ways = schema.def.options?.filter(({ def }) => def.shape) ?? [];
  if (ways.length > 0) {
    const word = { ...outer, meaning: meaning ?? "", wanted: wanted(schema) };
    return [word, ...ways.flatMap((way) => walk(way, { ...outer, meaning: undefined }))];
  }
  if (innerType) {
    // Optional, or with a default: either way the key may be left out.
    const fallback = type === "default" ? defaultValue : outer.fallback;
    return walk(innerType, { ...outer, meaning, fallback, required: false });
  }
  return [{ ...outer, meaning: meaning ?? "", wanted: wanted(schema) }];
}
