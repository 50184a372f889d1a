import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { POOL_LABEL, SCRAPES_LABEL, selector } from "../../kubernetes/labels";
import { HOUSEKEEPING_PORT } from "../housekeeping/housekeeping";
import { METRICS_PORT } from "../server/backup";
import { PORT } from "../server/server";

type Policy = k8s.types.input.networking.v1.NetworkPolicy;
type Egress = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** What no pod reaches as "the internet": private and shared address space, and link-local, where the metadata server is. */
const PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

const INTERNET: Egress = { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE } }] };

const port = (number: number, protocol: "TCP" | "UDP" = "TCP") => ({ port: number, protocol });

const inNamespace = (name: pulumi.Input<string>) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const inKubeSystem = (app: string) => ({
  ...inNamespace("kube-system"),
  podSelector: { matchLabels: { "k8s-app": app } },
});
const address = (ip: string) => ({ ipBlock: { cidr: `${ip}/32` } });

/**
 * Names are resolved by the cluster's DNS pods or, where NodeLocal DNSCache runs, by its pod on the same node. Policies judge
 * either by the pod that answers (Dataplane V2) or by the address that was asked: Cloud DNS at the first, the cache at the
 * second, and with Calico kube-dns's own, for which the cache answers as well and which only settings know.
 */
const dns = (servers: readonly string[]): Egress => ({
  to: [
    inKubeSystem("kube-dns"),
    inKubeSystem("node-local-dns"),
    ...["169.254.169.254", "169.254.20.10", ...servers].map(address),
  ],
  ports: [port(53, "UDP"), port(53)],
});

/** GKE's metadata server, which gives pods with Workload Identity their tokens (Dataplane V2: port 80; else 988). */
const METADATA: Egress = {
  to: ["169.254.169.254", "169.254.169.252"].map(address),
  ports: [port(80), port(988)],
};

const ranges = (cidrs: readonly string[]): Egress[] =>
  cidrs.length === 0 ? [] : [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }];

const pods = (instance: string, app: Parameters<typeof selector>[1]) => ({
  podSelector: { matchLabels: selector(instance, app) },
});

/** Proxies that bring people to the server. */
export interface Visitors {
  readonly from: k8s.types.input.networking.v1.NetworkPolicyPeer[];
  /** Whether cert-manager proves the host through the same proxies, by pods of its own. */
  readonly solver: boolean;
}

/** cert-manager's pods that answer the question of ACME's HTTP-01, with the port of their answer. */
const SOLVER = { label: "acme.cert-manager.io/http01-solver", port: 8089 } as const;

export interface PolicySpec {
  readonly instance: string;
  readonly namespaces: { readonly server: pulumi.Input<string>; readonly agents: pulumi.Input<string> };
  readonly labels: { readonly [key: string]: string };
  readonly server: {
    readonly egress: readonly string[];
    /** Whether a sidecar of the server's stores backups in a bucket, as whom the metadata server says, and shows metrics. */
    readonly backup: boolean;
    /** Namespaces with agents that are not this program's. */
    readonly agentNamespaces: readonly string[];
    /** Who comes from outside, where there is such a way: the proxies. */
    readonly visitors?: Visitors | undefined;
  };
  /** Addresses of further DNS servers. */
  readonly dnsServers: readonly string[];
  readonly pools: readonly {
    readonly name: string;
    readonly egress: readonly string[];
    readonly workloadIdentity: boolean;
  }[];
}

/** Everything is denied in both namespaces; each policy beside that opens what one kind of pod needs. */
export function networkPolicies(spec: PolicySpec): { readonly [name: string]: Policy } {
  const { instance, namespaces } = spec;
  const names = dns(spec.dnsServers);
  const into = (namespace: pulumi.Input<string>) => (name: string, rules: NonNullable<Policy["spec"]>) => ({
    metadata: { name, namespace, labels: spec.labels },
    spec: rules,
  });
  const inServer = into(namespaces.server);
  const inAgents = into(namespaces.agents);
  const deny = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
  const agents = { ...inNamespace(namespaces.agents), ...pods(instance, "gocd-agent") };
  const toServer = (app: "gocd-server" | "gocd-housekeeping", number: number): Egress => ({
    to: [{ ...inNamespace(namespaces.server), ...pods(instance, app) }],
    ports: [port(number)],
  });

  // Whoever scrapes comes from a namespace that somebody has labelled for this installation.
  const scrape = (number: number) => ({
    from: [{ namespaceSelector: { matchLabels: { [SCRAPES_LABEL]: instance } } }],
    ports: [port(number)],
  });
  const { backup, visitors, agentNamespaces } = spec.server;

  return {
    "server-deny": inServer("deny", deny),
    "agents-deny": inAgents("deny", deny),
    server: inServer("server", {
      ...pods(instance, "gocd-server"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [agents, pods(instance, "gocd-housekeeping")], ports: [port(PORT)] },
        ...(agentNamespaces.length > 0 ? [{ from: agentNamespaces.map(inNamespace), ports: [port(PORT)] }] : []),
        ...(visitors ? [{ from: visitors.from, ports: [port(PORT)] }] : []),
        ...(backup ? [scrape(METRICS_PORT)] : []),
      ],
      egress: [names, INTERNET, ...ranges(spec.server.egress), ...(backup ? [METADATA] : [])],
    }),
    ...(visitors?.solver && {
      solver: inServer("solver", {
        podSelector: { matchLabels: { [SOLVER.label]: "true" } },
        policyTypes: ["Ingress"],
        ingress: [{ from: visitors.from, ports: [port(SOLVER.port)] }],
      }),
    }),
    housekeeping: inServer("housekeeping", {
      ...pods(instance, "gocd-housekeeping"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [agents], ports: [port(HOUSEKEEPING_PORT)] }, scrape(HOUSEKEEPING_PORT)],
      egress: [names, { to: [pods(instance, "gocd-server")], ports: [port(PORT)] }],
    }),
    ...Object.fromEntries(
      spec.pools.map((pool) => [
        // A prefix of their own: a pool may be called `deny`, and must not take the place of the policy above.
        `agents-pool-${pool.name}`,
        inAgents(`pool-${pool.name}`, {
          podSelector: { matchLabels: { ...selector(instance, "gocd-agent"), [POOL_LABEL]: pool.name } },
          policyTypes: ["Ingress", "Egress"],
          egress: [
            names,
            INTERNET,
            ...ranges(pool.egress),
            ...(pool.workloadIdentity ? [METADATA] : []),
            toServer("gocd-server", PORT),
            toServer("gocd-housekeeping", HOUSEKEEPING_PORT),
          ],
        }),
      ]),
    ),
  };
}
