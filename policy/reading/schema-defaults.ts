import { DESCRIPTIONS } from "../tables/kinds";
import { groupOf, type ObjectNode } from "./object-node";
import { isRecord, rawProperties } from "./values";

const DESCRIBING: ReadonlySet<unknown> = new Set(DESCRIPTIONS.map(({ kind }) => kind));
const NONE: typeof DESCRIPTIONS = [];

/** The properties below which nothing can ever run, because the object only describes what others may do. */
export function descriptionsIn({ owner }: ObjectNode): typeof DESCRIPTIONS {
  const { kind } = owner.value;
  if (!owner.standsAlone || !DESCRIBING.has(kind)) return NONE;
  return DESCRIPTIONS.filter((each) => each.kind === kind && groupOf(owner.value) === each.group);
}

/**
 * The objects that a schema puts where they are left out.
 * @param mayLook whether an object or a list of the schema may be looked into.
 */
export function* defaultsIn(schema: unknown, mayLook: (value: object) => boolean): Generator<ObjectNode["value"]> {
  const pending: { readonly value: unknown; readonly way: readonly string[] }[] = [{ value: schema, way: [] }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { value, way } = at;
    if (typeof value !== "object" || value === null || !mayLook(value)) continue;
    for (const [name, inner] of Object.entries(rawProperties(value))) {
      if (name !== "default") pending.push({ value: inner, way: [...way, name].slice(-MAX_WAY) });
      else if (isRecord(inner)) yield inner;
      else if (Array.isArray(inner)) yield { [VOLUMES]: inner };
      else if (inner === true || (typeof inner === "string" && inner.startsWith("/"))) yield atSchema(way, inner);
    }
  }
}

/** Steps of a schema that are kept: `hostPath`, `properties`, `path`. */
const MAX_WAY = 3;

/** How a default that is a list is taken: most that matter are lists of volumes. */
const VOLUMES = "volumes";

/** A default in the object that a schema describes: `properties.hostPath.properties.path` is `{hostPath: {path}}`. */
function atSchema(way: readonly string[], value: unknown): ObjectNode["value"] {
  const names = way.filter((name) => name !== "properties");
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as ObjectNode["value"];
}
