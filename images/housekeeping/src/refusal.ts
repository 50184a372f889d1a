/** Longest part of what GoCD says that is repeated in logs. */
const QUOTED = 500;

/**
 * What GoCD says of a request that it refused. Beside "Validation failed." the reason of each field is in `errors`, which may lie
 * deeper (`data.errors`, `data.purge_settings.errors`); of a body that it cannot read GoCD speaks in `error`.
 */
export function reasonIn(text: string): string | undefined {
  const json = parsed(text);
  const message = [field(json, "message"), field(json, "error")].filter(isText).join(" ");
  const reasons = [...new Set(errorsIn(json))].filter(({ text: reason }) => !message.includes(reason));
  const more = reasons.map(({ of, text: reason }) => `${of}: ${reason}`).join("; ");
  const all = [message, more === "" ? "" : `(${more})`].filter((part) => part !== "").join(" ");
  return all === "" ? undefined : all.slice(0, QUOTED);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the page of a proxy
  }
}

interface Reason {
  readonly of: string;
  readonly text: string;
}

function errorsIn(value: unknown): Reason[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "errors" && isObject(inner)
      ? Object.entries(inner).flatMap(([of, texts]) =>
          [texts]
            .flat()
            .filter(isText)
            .map((text) => ({ of, text })),
        )
      : errorsIn(inner),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const field = (json: unknown, name: string): unknown => (isObject(json) ? json[name] : undefined);
