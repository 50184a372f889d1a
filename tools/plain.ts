/** What stands at a path of plain data, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

export const text = (value: unknown) => (typeof value === "string" ? value : "");
export const number = (value: unknown) => (typeof value === "number" ? value : 0);
export const list = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]) : []);
