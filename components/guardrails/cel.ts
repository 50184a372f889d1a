/** A text as a literal of Kubernetes' expression language. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** Texts as a list literal. */
export function listOf(values: readonly string[]): string {
  return `[${values.map(quoted).join(", ")}]`;
}

/** True when one of the conditions is. */
export function either(conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(" || ");
}
