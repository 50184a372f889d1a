import { z } from "zod";
import { nameOf } from "../../preview/run/registration";

/** What `pulumi stack export` prints; more stands there. */
const exportedState = z.object({
  deployment: z.object({
    // A stack without resources has no list.
    resources: z
      .array(z.object({ urn: z.string(), type: z.string(), custom: z.boolean(), protect: z.boolean().optional() }))
      .default([]),
  }),
});

/** What a stack still has after `pulumi destroy --exclude-protected`. */
export interface Left {
  readonly protected: readonly { readonly name: string; readonly holds: string }[];
  /** Real resources that stay only because a protected one needs them. */
  readonly needed: readonly string[];
}

/** What is in a protected resource, by its type and the end of its name. */
const HOLDS: readonly (readonly [type: RegExp, name: RegExp, holds: string])[] = [
  [/:(Disk|PersistentVolumeClaim)$/, /-artifacts(-[a-z0-9-]+)?$/, "artifacts and logs of jobs"],
  [/:(Disk|PersistentVolumeClaim)$/, /-data(-[a-z0-9-]+)?$/, "GoCD's configuration, database and plugins"],
  [/:Bucket$/, /./, "GoCD's own backups"],
  [/:Repository$/, /./, "the images that were pushed"],
  [/:RandomBytes$/, /-server-id$/, "the server's id"],
  [/:RandomBytes$/, /-token-generation-key$/, "the key that signs agents' tokens"],
  [/:RandomBytes$/, /-webhook-secret$/, "the secret that webhooks are checked with"],
  [/:RandomBytes$/, /-auto-register-key$/, "the key for agents that people attach"],
  [/:RandomBytes$/, /-cipher$/, "the key of encrypted values in GoCD's configuration"],
  [/:RandomBytes$/, /-identity-key$/, "the key that agents' uuids are derived from"],
  [/:RandomPassword$/, /-admin$/, "the password of the user admin"],
];

/** What a protected resource holds: in words where it is one of this program's, else its type. */
export function holds(type: string, name: string): string {
  return HOLDS.find(([ofType, ofName]) => ofType.test(type) && ofName.test(name))?.[2] ?? type;
}

/** Reads an exported state. Undefined if the text is none that this tool knows. */
export function left(exported: string): Left | undefined {
  const { data: state } = exportedState.safeParse(json(exported));
  if (state === undefined) return undefined;
  const real = state.deployment.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  return {
    protected: real
      .filter(({ protect }) => protect === true)
      .map(({ type, urn }) => ({ name: nameOf(urn), holds: holds(type, nameOf(urn)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    needed: real
      .filter(({ protect }) => protect !== true)
      .map(({ type, urn }) => `${nameOf(urn)} (${type.split(":").at(-1) ?? type})`)
      .sort(),
  };
}

/** The list as a person reads it, with what can be done next. */
export function leftText({ protected: kept, needed }: Left): string {
  if (kept.length === 0 && needed.length === 0) return "Nothing is left.\n";
  const width = Math.max(0, ...kept.map(({ name }) => name.length));
  return [
    `Left, because protected: ${kept.length}`,
    ...kept.map(({ name, holds }) => `  ${name.padEnd(width)}  ${holds}`),
    ...(needed.length > 0 ? [`Left, because something protected needs it: ${needed.join(", ")}`] : []),
    "",
    "pulumi up goes on with these. To delete them for good: docs/operations/destroy.md.",
    "",
  ].join("\n");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
