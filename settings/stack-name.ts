import { problem, type Problem } from "./problems";

/** Service account ids may have 30 characters, of which `gocd-` and `-agents` take 12. */
const STACK_NAME = /^[a-z]([a-z0-9-]{0,16}[a-z0-9])?$/;
/** What follows a stack's name in that of a namespace or a disk: `gocd-dev-agents` must not be the stack `dev-agents`. */
const SUFFIXES = /-(agents|artifacts|data)(-|$)/;

/** A name that other names cannot be made of. */
export function stackNameProblems(stack: string): Problem[] {
  const wanted = [
    ...(STACK_NAME.test(stack)
      ? []
      : ["a name of at most 18 characters: small letters, digits, dashes, a letter first"]),
    ...(SUFFIXES.test(stack)
      ? ["a name without -agents, -artifacts or -data, which would be another stack's namespace or disk"]
      : []),
  ];
  return wanted.map((words) => problem("stack", stack, words));
}
