// Every way that the network policies can open, and a try for each: who gets through by it, and who or what next to it does not.
import { SCRAPES_LABEL } from "../../../../../kubernetes/labels";

export interface Policy {
  readonly metadata: { readonly name?: unknown; readonly namespace?: unknown };
  readonly spec: {
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string };
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

const NAMES: Readonly<Record<string, string>> = {
  "0.0.0.0/0": "the internet",
  "169.254.169.254/32": "169.254.169.254",
  "169.254.169.252/32": "169.254.169.252",
  "169.254.20.10/32": "169.254.20.10",
};

/** The network policies among objects. */
export const policiesAmong = (objects: readonly unknown[]): readonly Policy[] => objects.filter(isPolicy);

/** Of all kinds that have a pod selector, they alone say which ways it is about. */
function isPolicy(object: unknown): object is Policy {
  if (typeof object !== "object" || object === null || !("metadata" in object) || !("spec" in object)) return false;
  const { spec } = object;
  return typeof spec === "object" && spec !== null && "podSelector" in spec && "policyTypes" in spec;
}

/** Every peer of every rule as a line, such as `server from gocd-agent of the agents: 8153`, in the order of the alphabet. */
export function openingsOf(policies: readonly Policy[], instance: string): readonly string[] {
  const lines = policies.flatMap(({ metadata, spec }) => {
    const policy = String(metadata.name).replace(/^pool-.*/, "pool");
    return [
      ...(spec.ingress ?? []).flatMap((rule) => linesOf(`${policy} from`, rule.from, rule, instance)),
      ...(spec.egress ?? []).flatMap((rule) => linesOf(`${policy} to`, rule.to, rule, instance)),
    ];
  });
  return [...new Set(lines)].sort();
}

function linesOf(way: string, peers: readonly Peer[] | undefined, { ports }: Rule, instance: string): string[] {
  const numbers = ports && [...new Set(ports.map(({ port }) => port))].join(" and ");
  // A rule without peers is open to everybody: no row says that.
  return (peers ?? [{}]).map((peer) => `${way} ${peerName(peer, instance)}: ${numbers ?? "every port"}`);
}

function peerName({ ipBlock, podSelector, namespaceSelector }: Peer, instance: string): string {
  if (ipBlock) return NAMES[ipBlock.cidr] ?? "a range of the settings";
  const labels = podSelector?.matchLabels;
  const pods = labels ? (labels["app.kubernetes.io/name"] ?? labels["k8s-app"] ?? "pods of the settings") : undefined;
  const namespace = namespaceSelector && namespaceName(namespaceSelector.matchLabels, instance);
  return [pods, namespace].filter((part) => part !== undefined).join(" of ") || "everybody";
}

function namespaceName(labels: Readonly<Record<string, string>>, instance: string): string {
  if (SCRAPES_LABEL in labels) return "a namespace that is labelled";
  const name = labels["kubernetes.io/metadata.name"];
  if (name === undefined) return "every namespace";
  const known = { [instance]: "the server", [`${instance}-agents`]: "the agents", "kube-system": "the system" };
  return known[name] ?? "a namespace of the settings";
}

/** Pods that try. */
export type From = "agent" | "server" | "housekeeping" | "solver" | "stranger" | "desk" | "proxy" | "metrics";

/** Where they get, or not. Settings open ranges and addresses next to which others are. */
export type To =
  | "server"
  | "server's metrics"
  | "another port of the server"
  | "housekeeping"
  | "solver"
  | "another port of the solver"
  | "cluster's DNS"
  | "node's DNS"
  | "another port of the node's DNS"
  | "Cloud DNS"
  | "node's cache"
  | "another port of the node's cache"
  | "DNS server"
  | "another port of the DNS server"
  | "internet"
  | "range of agents"
  | "range of the server"
  | "proxy of the company"
  | "next to that proxy"
  | "metadata"
  | "another port of metadata"
  | "metadata of Workload Identity"
  | "node";

interface Row {
  readonly from: From;
  readonly to: readonly To[];
  /** Who does not get there by it, or where else the same pod does not get. */
  readonly refused: readonly { readonly from?: From; readonly to?: To }[];
}

const names = (policy: string, from: From): Readonly<Record<string, Row>> => ({
  [`${policy} to kube-dns of the system: 53`]: { from, to: ["cluster's DNS"], refused: [{ to: "node" }] },
  [`${policy} to node-local-dns of the system: 53`]: {
    from,
    to: ["node's DNS"],
    refused: [{ to: "another port of the node's DNS" }],
  },
  [`${policy} to 169.254.169.254: 53`]: { from, to: ["Cloud DNS"], refused: [{ to: "another port of metadata" }] },
  [`${policy} to 169.254.20.10: 53`]: {
    from,
    to: ["node's cache"],
    refused: [{ to: "another port of the node's cache" }],
  },
  [`${policy} to a range of the settings: 53`]: {
    from,
    to: ["DNS server"],
    refused: [{ to: "another port of the DNS server" }],
  },
});

const outside = (policy: string, from: "agent" | "server"): Readonly<Record<string, Row>> => ({
  [`${policy} to the internet: every port`]: { from, to: ["internet"], refused: [{ from: "housekeeping" }] },
  [`${policy} to a range of the settings: every port`]: {
    from,
    to: [from === "agent" ? "range of agents" : "range of the server", "proxy of the company"],
    refused: [
      { to: from === "agent" ? "range of the server" : "range of agents" },
      { to: "next to that proxy" },
      { from: "housekeeping" },
    ],
  },
  [`${policy} to 169.254.169.254: 80 and 988`]: {
    from,
    to: ["metadata"],
    refused: [{ to: "another port of metadata" }, { from: "housekeeping" }],
  },
  [`${policy} to 169.254.169.252: 80 and 988`]: {
    from,
    to: ["metadata of Workload Identity"],
    refused: [{ from: "housekeeping" }],
  },
});

export const OPENINGS: Readonly<Record<string, Row>> = {
  "server from gocd-agent of the agents: 8153": {
    from: "agent",
    to: ["server"],
    refused: [{ to: "another port of the server" }, { to: "server's metrics" }],
  },
  "server from gocd-housekeeping: 8153": {
    from: "housekeeping",
    to: ["server"],
    refused: [{ to: "another port of the server" }, { from: "solver" }],
  },
  "server from a namespace of the settings: 8153": {
    from: "desk",
    to: ["server"],
    refused: [{ to: "server's metrics" }, { to: "housekeeping" }, { from: "stranger" }],
  },
  "server from a range of the settings: 8153": {
    from: "proxy",
    to: ["server"],
    refused: [{ to: "another port of the server" }, { to: "server's metrics" }, { from: "stranger" }],
  },
  "server from a namespace that is labelled: 8081": {
    from: "metrics",
    to: ["server's metrics"],
    refused: [{ to: "server" }, { from: "desk" }, { from: "agent" }],
  },
  "solver from a namespace of the settings: 8089": {
    from: "proxy",
    to: ["solver"],
    refused: [{ to: "another port of the solver" }, { from: "desk" }],
  },
  "solver from a range of the settings: 8089": {
    from: "proxy",
    to: ["solver"],
    refused: [{ to: "another port of the solver" }, { from: "desk" }],
  },
  "housekeeping from gocd-agent of the agents: 8080": {
    from: "agent",
    to: ["housekeeping"],
    refused: [{ from: "server" }, { from: "desk" }],
  },
  "housekeeping from a namespace that is labelled: 8080": {
    from: "metrics",
    to: ["housekeeping"],
    refused: [{ from: "proxy" }, { from: "stranger" }],
  },
  ...names("server", "server"),
  ...outside("server", "server"),
  ...names("housekeeping", "housekeeping"),
  "housekeeping to gocd-server: 8153": {
    from: "housekeeping",
    to: ["server"],
    refused: [{ to: "another port of the server" }],
  },
  ...names("pool", "agent"),
  ...outside("pool", "agent"),
  "pool to gocd-server of the server: 8153": {
    from: "agent",
    to: ["server"],
    refused: [{ to: "another port of the server" }],
  },
  "pool to gocd-housekeeping of the server: 8080": {
    from: "agent",
    to: ["housekeeping"],
    refused: [{ from: "server" }],
  },
};
