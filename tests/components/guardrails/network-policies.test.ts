import { networkPolicies } from "../../../components/guardrails/network-policies";

const SPEC = {
  instance: "gocd-dev",
  namespaces: { server: "gocd-dev", agents: "gocd-dev-agents" },
  labels: {},
  server: { egress: ["10.1.0.0/16"], backup: true, agentNamespaces: [] },
  dnsServers: ["172.20.0.10"],
  pools: [
    { name: "plain", egress: [], workloadIdentity: false },
    { name: "pushing", egress: ["10.2.0.0/16"], workloadIdentity: true },
  ],
};

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: string[] };
  readonly podSelector?: { readonly matchLabels: Record<string, string> };
  readonly namespaceSelector?: { readonly matchLabels: Record<string, string> };
}

interface Spec {
  readonly podSelector: { readonly matchLabels?: Record<string, string> };
  readonly policyTypes: string[];
  readonly ingress?: { readonly from: Peer[]; readonly ports: { readonly port: number }[] }[];
  readonly egress?: { readonly to: Peer[]; readonly ports?: { readonly port: number }[] }[];
}

/** The builder's types allow for Outputs, of which these have none. */
const specsOf = (of: Parameters<typeof networkPolicies>[0]): { readonly [name: string]: Spec } =>
  Object.fromEntries(Object.entries(networkPolicies(of)).map(([name, { spec }]) => [name, spec as unknown as Spec]));

const policies = specsOf(SPEC);
const blocks = (name: string) =>
  policies[name]?.egress?.flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock }) => (ipBlock ? [{ ...ipBlock, ports: ports?.map(({ port }) => port) }] : [])),
  ) ?? [];

describe("network policies where people come through a proxy", () => {
  const proxies = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } } }];
  const specOf = (solver: boolean) =>
    specsOf({ ...SPEC, server: { ...SPEC.server, visitors: { from: proxies, solver } } });
  const ingressOf = (policy: string, solver: boolean) => specOf(solver)[policy]?.ingress;

  test("let the proxies reach GoCD's port, and nothing else that they did not reach before", () => {
    const before = policies["server"]?.ingress ?? [];
    const added = ingressOf("server", false)?.filter(
      (rule) => !before.some((old) => JSON.stringify(old) === JSON.stringify(rule)),
    );
    expect(added).toEqual([{ from: proxies, ports: [{ port: 8153, protocol: "TCP" }] }]);
    const others = (all: object) => Object.entries(all).filter(([name]) => name !== "server");
    expect(others(specOf(false))).toEqual(others(policies));
  });

  test("let agents of other namespaces, which settings name, reach GoCD's port", () => {
    const { server } = specsOf({ ...SPEC, server: { ...SPEC.server, agentNamespaces: ["desk"] } });
    expect(server?.ingress).toContainEqual({
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "desk" } } }],
      ports: [{ port: 8153, protocol: "TCP" }],
    });
  });

  test("let them reach the pods with which cert-manager proves the host, where it does", () => {
    expect(specOf(true)["solver"]).toMatchObject({
      podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
    });
    expect(ingressOf("solver", true)).toEqual([{ from: proxies, ports: [{ port: 8089, protocol: "TCP" }] }]);
  });
});

describe("network policies", () => {
  test("deny everything in both namespaces", () => {
    for (const name of ["server-deny", "agents-deny"]) {
      expect(policies[name]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    }
  });

  test("deny everything also where a pool is called deny", () => {
    const named = networkPolicies({ ...SPEC, pools: [{ name: "deny", egress: [], workloadIdentity: false }] });
    expect(named["agents-deny"]?.spec).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const objects = Object.values(named).map(({ metadata }) => JSON.stringify(metadata));
    expect(objects).toEqual([...new Set(objects)]);
  });

  test.each(["server", "housekeeping", "agents-pool-plain", "agents-pool-pushing"])(
    "let %s ask whoever answers for names: pods of kube-system, and addresses, also of the settings",
    (name) => {
      const rules = policies[name]?.egress?.filter(({ ports }) => ports?.every(({ port }) => port === 53)) ?? [];
      const peers = rules.flatMap(({ to }) => to);
      const inKubeSystem = peers.filter(
        ({ namespaceSelector }) => namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] === "kube-system",
      );
      expect(inKubeSystem.map(({ podSelector }) => podSelector?.matchLabels)).toEqual([
        { "k8s-app": "kube-dns" },
        { "k8s-app": "node-local-dns" },
      ]);
      expect(peers.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr] : []))).toEqual([
        "169.254.169.254/32",
        "169.254.20.10/32",
        "172.20.0.10/32",
      ]);
    },
  );

  test("let nobody connect to an agent", () => {
    for (const name of ["agents-pool-plain", "agents-pool-pushing"]) {
      expect(policies[name]?.policyTypes).toContain("Ingress");
      expect(policies[name]?.ingress).toBeUndefined();
    }
  });

  test("keep agents from everything private but names, server and drain", () => {
    const inside = policies["agents-pool-plain"]?.egress?.flatMap(({ to, ports }) =>
      to
        .filter(({ ipBlock }) => !ipBlock)
        .map((peer) => [peer.podSelector?.matchLabels, ports?.map(({ port }) => port)]),
    );
    expect(inside).toEqual([
      [{ "k8s-app": "kube-dns" }, [53, 53]],
      [{ "k8s-app": "node-local-dns" }, [53, 53]],
      [expect.objectContaining({ "app.kubernetes.io/name": "gocd-server" }), [8153]],
      [expect.objectContaining({ "app.kubernetes.io/name": "gocd-housekeeping" }), [8080]],
    ]);
    const internet = blocks("agents-pool-plain").find(({ cidr }) => cidr === "0.0.0.0/0");
    expect(internet?.except).toEqual(
      expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]),
    );
  });

  test("open the metadata server for tokens only to the server and to pools with Workload Identity", () => {
    const tokens = (name: string) =>
      blocks(name).filter(({ cidr, ports }) => cidr.startsWith("169.254.169.25") && ports?.includes(80));
    expect(tokens("agents-pool-plain")).toEqual([]);
    expect(tokens("server")).toHaveLength(2);
    expect(tokens("agents-pool-pushing").map(({ cidr }) => cidr)).toEqual(["169.254.169.254/32", "169.254.169.252/32"]);
  });

  test("open the private ranges that were asked for, each to whom it was asked for", () => {
    const asked = (name: string) =>
      blocks(name)
        .map(({ cidr }) => cidr)
        .filter((cidr) => cidr.startsWith("10."));
    expect([asked("server"), asked("agents-pool-plain"), asked("agents-pool-pushing")]).toEqual([
      ["10.1.0.0/16"],
      [],
      ["10.2.0.0/16"],
    ]);
  });

  test("let agents and housekeeping, and nobody else, connect to the server", () => {
    expect(
      policies["server"]?.ingress?.flatMap(({ from, ports }) =>
        ports[0]?.port === 8153
          ? from.map(({ podSelector }) => podSelector?.matchLabels["app.kubernetes.io/name"])
          : [],
      ),
    ).toEqual(["gocd-agent", "gocd-housekeeping"]);
  });

  test("let a namespace that is labelled for this installation read metrics, and nothing else", () => {
    const scraped = Object.entries(policies).flatMap(([name, { ingress = [] }]) =>
      ingress
        .filter(({ from }) => from.some((peer) => peer.namespaceSelector?.matchLabels["gocd-on-kubernetes/scrapes"]))
        .map(({ from, ports }) => [name, from, ports.map(({ port }) => port)]),
    );
    const labelled = [{ namespaceSelector: { matchLabels: { "gocd-on-kubernetes/scrapes": "gocd-dev" } } }];
    expect(scraped).toEqual([
      ["server", labelled, [8081]],
      ["housekeeping", labelled, [8080]],
    ]);
  });
});
