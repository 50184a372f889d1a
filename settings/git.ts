import { problem, type Problem } from "./problems";

/** Two secrets that are nothing without each other; of each only whether it is there. */
const PAIR = ["gocd:gitSshKeys", "gocd:gitKnownHosts"] as const;

/** Keys without hosts could log in nowhere, since every host must be known; hosts without keys say nothing. */
export function gitProblems(config: { readonly [key: string]: string }): Problem[] {
  const [missing, ...others] = PAIR.filter((key) => !config[key]);
  if (missing === undefined || others.length > 0) return [];
  const other = missing === PAIR[0] ? PAIR[1] : PAIR[0];
  return [problem(missing, undefined, `a secret beside ${other}: pulumi config set --secret ${missing}`)];
}
