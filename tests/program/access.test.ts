import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policies } from "../../policy/policies";
import { ASKED_HOST } from "../../policy/tables/public";
import { PUBLIC_HOST } from "../../kubernetes/labels";
import { judge } from "../../preview/verdict";
import type { Registration } from "../../preview/run/registration";
import type { Run } from "../../preview/run/run";
import { keptByDestroy } from "../support/graph";
import { golden } from "../support/golden";
import { ROOT, runs, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

const DIRECTORY = join(ROOT, "tests", "golden", "access");
/** Accept what the program registers now as right: `UPDATE_GOLDEN=1 npx jest tests/program/access`. */
const accept = process.env["UPDATE_GOLDEN"] === "1";

/** Each way in, and the same stack without one. */
const WAYS = {
  "people behind IAP": "a cluster of its own",
  "inside the network": "a cluster of its own",
  "behind an Ingress": "another Kubernetes",
  "behind a Gateway": "another Kubernetes",
} as const;
type WayName = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as WayName[];

const registered = new Map<string, Run>();
beforeAll(async () => {
  const names = [...new Set([...NAMES, ...Object.values(WAYS)])];
  const all = await runs(names.map((name) => task(variants[name], {}, true)));
  names.forEach((name, index) => registered.set(name, all[index] as Run));
});
const resourcesOf = (name: string): readonly Registration[] => succeeded(registered.get(name) as Run);

/** What a way in adds to a stack or changes of it, without the values that each run makes anew. */
function difference(name: WayName): readonly Registration[] {
  const made = /^(random|tls|docker):/;
  const before = new Map(resourcesOf(WAYS[name]).map((one) => [one.urn, golden([one])]));
  return resourcesOf(name).filter(
    (one) => !made.test(one.type) && !isMade(one) && before.get(one.urn) !== golden([one]),
  );
}
/** Objects that hold keys, which are others in every run. */
const isMade = ({ type }: Registration) => type.endsWith(":Secret");

describe("a way in", () => {
  test.each(NAMES)("registers exactly what is in review: %s", (name) => {
    const file = join(DIRECTORY, `${name.replaceAll(" ", "-").toLowerCase()}.yaml`);
    const actual = golden(difference(name));
    if (accept) {
      mkdirSync(DIRECTORY, { recursive: true });
      writeFileSync(file, actual);
    }
    expect(actual).toBe(existsSync(file) ? readFileSync(file, "utf8") : "(no golden file; UPDATE_GOLDEN=1 writes it)");
  });

  test.each([
    ["people behind IAP", ["Gateway"]],
    ["inside the network", []],
    ["behind an Ingress", ["Ingress"]],
    ["behind a Gateway", ["Gateway"]],
  ] as const)(
    "is noted by the policies, where it is open to the internet, and nothing else is: %s",
    async (name, kinds) => {
      const { findings } = await judge(policies, resourcesOf(name));
      const open = findings.filter(({ message }) => message.startsWith("nothing-public"));
      expect(open.map(({ message }) => message)).toEqual(
        kinds.map(
          (kind) =>
            `nothing-public: ${kind} gocd-dev/gocd: the ${kind} opens ci.example.com to the internet (spec). Its annotation asks for it.`,
        ),
      );
    },
  );

  test("is asked for by the annotation that the policies know", () => {
    expect(PUBLIC_HOST).toBe(ASKED_HOST);
  });

  test.each(NAMES)("takes no agent off the inside route: %s", (name) => {
    const servers = resourcesOf(name)
      .filter(({ type }) => type.endsWith(":StatefulSet"))
      .flatMap((one) => JSON.stringify(one.inputs).match(/http:\/\/[^"]*8153\/go/g) ?? []);
    expect([...new Set(servers)]).toEqual(["http://gocd-server.gocd-dev.svc:8153/go"]);
  });

  test("leaves what records were made for to the next up: the address and the authorization of the domain", () => {
    const kept = keptByDestroy(resourcesOf("people behind IAP"));
    const protectedOnes = difference("people behind IAP").filter(({ protect }) => protect);
    expect(protectedOnes.map(({ type }) => type.split(":").at(-1))).toEqual(["DnsAuthorization", "GlobalAddress"]);
    const others = resourcesOf("people behind IAP").filter(
      ({ urn, protect, custom }) => custom && kept.has(urn) && !protect,
    );
    expect(others.map(({ urn }) => urn)).toEqual([]);
  });
});
