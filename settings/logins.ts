import { problem, type Problem } from "./problems";
import { list, text } from "./values";

const KEY = "gocd:dockerLogins";

export const logins = list(
  text("a registry such as ghcr.io or registry.example.com:5000", /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?$/),
  "a list of registries",
)
  .default([])
  .describe(`registries that jobs are logged in to, with what ${KEY} has for each; every job of the pool can read it`);

interface Pool {
  readonly name: string;
  readonly logins: readonly string[];
}

/** Hosts that take the pod's own identity (images/agent/docker/config.json). */
const GOOGLES = /(^|\.)gcr\.io$|-docker\.pkg\.dev$/;
const LINE = /^(\S+) (\S+) (\S.*)$/;
/** What `npm run preview` has in place of an encrypted value, which it cannot read (preview/run/project.ts). */
const UNREAD = /^offline-placeholder-for-/;

/**
 * How the pools' registries and the secret fit together. Of a line that is wrong only its number is told.
 *
 * @param secret lines REGISTRY USER PASSWORD.
 */
export function loginProblems(secret: string | undefined, pools: readonly Pool[]): Problem[] {
  const isUnread = UNREAD.test(secret ?? "");
  const lines = isUnread ? [] : (secret ?? "").split("\n").map((line) => line.trim());
  const known = lines.map((line) => LINE.exec(line)?.[1]);
  const named = pools.flatMap((pool) =>
    pool.logins.map((registry, index) => ({ key: `gocd:agents.${pool.name}.logins[${index}]`, registry })),
  );
  // Nothing of the secret is quoted: where words are mixed up the first may be the password.
  const ofLine = (index: number, wanted: string): Problem[] => [{ key: KEY, found: `line ${index + 1}`, wanted }];
  return [
    ...named.flatMap(({ key, registry }): Problem[] => {
      if (GOOGLES.test(registry)) {
        const wanted = "nothing: jobs are logged in to Google's registries as their pod (workloadIdentity)";
        return [problem(key, registry, wanted)];
      }
      if (isUnread || known.includes(registry)) return [];
      return [problem(key, registry, `a registry that ${KEY} has a line for`)];
    }),
    ...lines.flatMap((line, index) => {
      const registry = known[index];
      if (line === "") return [];
      if (registry === undefined) return ofLine(index, "REGISTRY USER PASSWORD");
      if (known.indexOf(registry) !== index) return ofLine(index, "one line for each registry");
      const isNamed = named.some((one) => one.registry === registry);
      return isNamed ? [] : ofLine(index, "a registry that a pool names in logins");
    }),
  ];
}
