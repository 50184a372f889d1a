import type { Project } from "./project";
import type { Registration } from "./registration";
import { SECRET_TEXT, secretTexts } from "./wire";

/** Shorter texts are as likely part of an ordinary word as they are the secret. */
const SHORTEST = 6;

/**
 * Takes secrets out of free text: messages of the program, errors, policy messages. Values of resources do not need
 * it, they carry marks; a message that quotes one does.
 */
export type Redact = (text: string) => string;

/** Knows every secret of the configuration and every secret that was registered. */
export function redactor(
  project: Pick<Project, "config" | "secretKeys">,
  registrations: readonly Registration[],
): Redact {
  const given = project.secretKeys.map((key) => project.config[key] ?? "");
  const registered = registrations.flatMap(({ inputs }) => secretTexts(inputs));
  // Longest first: a secret may be part of another.
  const secrets = [...new Set([...given, ...registered])]
    .filter((text) => text.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((result, secret) => result.replaceAll(secret, SECRET_TEXT), text);
}
