import pino, { type Logger } from "pino";

export type { Logger };

/**
 * One JSON object a line on standard output. Nothing that is logged holds a secret: messages are made here, from names,
 * addresses and status codes; the redaction is for the day on which somebody logs a whole object.
 */
export function logger(destination?: { readonly write: (line: string) => void }): Logger {
  const options = {
    base: { service: "gocd-housekeeping" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ["password", "token", "*.password", "*.token", "authorization", "headers.authorization"],
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
