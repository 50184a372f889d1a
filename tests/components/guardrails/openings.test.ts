import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { visitorsOf } from "../../../components/access/visitors";
import { networkPolicies, type PolicySpec } from "../../../components/guardrails/network-policies";
import { openingsOf, OPENINGS, policiesAmong, type Policy } from "../../cluster/gocd/suites/network/openings";

const GOLDEN = path.join(__dirname, "../../golden");

type From = Parameters<typeof front>[0];
const front = (from: { readonly namespace?: string; readonly ranges: readonly string[] }) =>
  visitorsOf({
    mode: "ingress",
    front: { class: "nginx", clusterIssuer: "own", from: { ...from, podLabels: {} }, annotations: {} },
  });

/** Everything that opens a way. A new field of the specification is missing here until it is. */
const everything = (from: From): PolicySpec =>
  ({
    instance: "gocd-test",
    namespaces: { server: "gocd-test", agents: "gocd-test-agents" },
    labels: {},
    server: { egress: ["10.1.0.0/16"], backup: true, agentNamespaces: ["desk"], visitors: front(from) },
    dnsServers: ["172.20.0.10"],
    pools: [{ name: "docker", egress: ["10.2.0.0/16"], workloadIdentity: true }],
  }) satisfies Required<PolicySpec>;

const openings = (spec: PolicySpec) => openingsOf(policiesAmong(Object.values(networkPolicies(spec))), spec.instance);

/** The policies of a committed stack, and the name of its installation. */
function ofGolden(file: string): { readonly instance: string; readonly policies: readonly Policy[] } {
  const documents = parseAllDocuments(readFileSync(path.join(GOLDEN, file), "utf8"));
  const found = documents.flatMap((document) => policiesIn(document.toJS()));
  const server = found.find(({ metadata }) => metadata.name === "server");
  return { instance: String(server?.metadata.namespace), policies: found };
}

function policiesIn(value: unknown): readonly Policy[] {
  if (typeof value !== "object" || value === null) return [];
  const own = policiesAmong([value]);
  return own.length > 0 ? own : Object.values(value).flatMap(policiesIn);
}

test("every way that the network policies can open is tried where they are enforced, and no row is for one that is none", () => {
  const made = [{ namespace: "ingress-nginx", ranges: [] }, { ranges: ["35.191.0.0/16"] }].flatMap((from) =>
    openings(everything(from)),
  );
  expect([...new Set(made)].sort()).toEqual(Object.keys(OPENINGS).sort());
});

test.each(readdirSync(GOLDEN, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml")))(
  "%s opens no other way",
  (file) => {
    const { instance, policies } = ofGolden(file);
    const lines = openingsOf(policies, instance);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !(line in OPENINGS))).toEqual([]);
  },
);

test("a rule for everybody has no row", () => {
  expect(openingsOf([{ metadata: { name: "pool-a" }, spec: { ingress: [{}] } }], "i")).toEqual([
    "pool from everybody: every port",
  ]);
  expect(
    openingsOf(
      [{ metadata: { name: "server" }, spec: { ingress: [{ from: [{ namespaceSelector: { matchLabels: {} } }] }] } }],
      "i",
    ),
  ).toEqual(["server from every namespace: every port"]);
});
