import { frontPeers, gateway, ingress } from "../../../components/access/front";
import { MACHINE_PATHS } from "../../../components/access/paths";
import { httpRoute, redirectRoute } from "../../../components/access/routes";
import { visitorsOf } from "../../../components/access/visitors";
import { armorRules, entrances, isRestricting } from "../../../components/google-access/google";
import { networkPolicies } from "../../../components/guardrails/network-policies";
import { cruiseConfig } from "../../../components/server/cruise-config";
import { serverStatefulSet } from "../../../components/server/server";
import { parseSettings } from "../../../settings/parse";
import { SettingsError } from "../../../settings/problems";
import type { Settings } from "../../../settings/types";

const HOST = "ci.example.com";
const PLACE = { instance: "gocd-dev", namespace: "gocd-dev" };
const BACKEND = { host: HOST, service: "gocd-server", port: 8153 };

/** Every list with one of each of the lists in it. */
function product<T extends readonly unknown[]>(...lists: { readonly [K in keyof T]: readonly T[K][] }): T[] {
  // Each has one of every list in their order, which `reduce` cannot tell the compiler.
  return lists.reduce<unknown[][]>(
    (all, list) => all.flatMap((one) => list.map((value: unknown) => [...one, value])),
    [[]],
  ) as unknown as T[];
}

const CLUSTERS = [
  { "gocd:cluster": { create: {} } },
  { "gocd:cluster": { existing: { context: "gke" } } },
  { "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } } },
];

const IAP = { clientId: "1-a.apps.googleusercontent.com", members: ["domain:example.com"] };
const PLACES = [{}, { subnetwork: "projects/p/regions/us-central1/subnetworks/s", proxies: "10.9.0.0/23" }];
const GOOGLE = product<[string, string[], object, object, object]>(
  ["external", "internal"],
  [[], ["0.0.0.0/0"], ["203.0.113.0/24"], ["0.0.0.0/0", "203.0.113.0/24"]],
  [{}, { iap: IAP }, { iap: { ...IAP, members: [] } }, { iap: { ...IAP, members: ["allUsers"] } }],
  [
    {},
    { machines: {} },
    { machines: { paths: [] } },
    { machines: { paths: ["agents"], allow: ["192.0.2.0/24"] } },
    { machines: { allow: [] } },
  ],
  PLACES,
).map(([address, allow, iap, machines, place]) => ({ google: { address, allow, ...iap, ...machines, ...place } }));
const FRONTS = product<["ingress" | "gateway", object, object, object]>(
  ["ingress", "gateway"],
  [{}, { secret: "s" }, { clusterIssuer: "c" }, { secret: "s", issuer: "i" }],
  [
    {},
    { from: {} },
    { from: { namespace: "n" } },
    { from: { namespace: "n", podLabels: { app: "n" } } },
    { from: { ranges: ["10.9.0.0/16"] } },
  ],
  [
    {},
    { annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } },
    {
      annotations: {
        "nginx.ingress.kubernetes.io/configuration-snippet": 'proxy_set_header Authorization "Basic eA==";',
      },
    },
    { annotations: { "nginx.ingress.kubernetes.io/force-ssl-redirect": "false" } },
  ],
).map(([kind, certificate, from, annotations]) => ({
  [kind]: { class: "nginx", ...certificate, ...from, ...annotations },
}));
const WAYS = ["port-forward", ...[...GOOGLE, ...FRONTS].map((way) => ({ host: HOST, ...way }))];

const SERVERS = [
  {},
  { siteUrl: `http://${HOST}` },
  { siteUrl: "https://other.example.com" },
  { jvmOptions: ["-Dgo.sessioncookie.secure=N"] },
  { jvmOptions: ["-Dcruise.config.file=/tmp/open.xml"] },
  { jvmOptions: ["-Dhttp.proxyHost=proxy"], configRepository: { url: "https://git.example.com/config.git" } },
];

/** Settings that the program takes, or undefined. */
function accepted(cluster: object, access: unknown, server: object, secret: boolean): Settings | undefined {
  const stack = {
    "gcp:project": "my-project",
    "gcp:region": "us-central1",
    "gcp:zone": "us-central1-a",
    "gocd:agents": { docker: {} },
    "gocd:images": { registry: "registry.example/team" },
    "gocd:server": server,
    "gocd:access": access,
    ...cluster,
    ...(secret && { "gocd:iapClientSecret": "hidden" }),
  };
  const config = Object.entries(stack).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    return parseSettings("dev", Object.fromEntries(config) as Record<string, string>, ["gocd:iapClientSecret"]);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** What of accepted settings would let somebody in without a log-in, or a password out in clear text. */
function openDoors({ access, server }: Settings): string[] {
  return [...serverDoors(access.mode !== "port-forward", server), ...policyDoors(access), ...wayDoors(access)];
}

function serverDoors(hasHost: boolean, server: Settings["server"]): string[] {
  const { env } = serverStatefulSet({
    ...server,
    ...PLACE,
    labels: {},
    images: { server: "i", housekeeping: "h" },
    claims: { data: "d", artifacts: "a" },
    secret: "s",
    placement: {},
    keepDays: 1,
  }).spec.template.spec.containers[0] as { readonly env: readonly { readonly name: string; readonly value: string }[] };
  const options = (env.find(({ name }) => name === "GOCD_SERVER_JVM_OPTS")?.value ?? "").replaceAll("'", "").split(" ");
  const cookies = options.filter((option) => option.startsWith("-Dgo.sessioncookie.secure="));
  const seed = cruiseConfig({
    serverId: "i",
    tokenGenerationKey: "t",
    webhookSecret: "w",
    autoRegisterKey: "a",
    passwordFile: "/p",
    admins: ["admin"],
    siteUrl: server.siteUrl,
    backupSchedule: "0 0 2 * * ?",
    postBackupScript: "/b",
    purge: { start: 1, upto: 2 },
    environments: [],
  });
  return [
    ...(hasHost && cookies.at(-1) !== "-Dgo.sessioncookie.secure=Y"
      ? ["a session's cookie goes out in clear text"]
      : []),
    ...(options.some((option) => option.startsWith("-Dcruise.config"))
      ? ["GoCD starts with another configuration"]
      : []),
    ...(/<security>.*<authConfig .*<\/security>/s.test(seed) && seed.includes("<user>admin</user>")
      ? []
      : ["the seed asks for no log-in"]),
    ...(hasHost && !seed.includes(`<siteUrl>https://${HOST}</siteUrl>`)
      ? ["GoCD sends people to an address without TLS"]
      : []),
  ];
}

function policyDoors(access: Settings["access"]): string[] {
  const visitors = visitorsOf(access);
  const policies = networkPolicies({
    instance: "gocd-dev",
    namespaces: { server: "s", agents: "a" },
    labels: {},
    pools: [],
    dnsServers: [],
    server: { egress: [], backup: false, agentNamespaces: [], visitors },
  });
  const rules = Object.values(policies).flatMap(
    ({ spec }) => (spec as { readonly ingress?: { readonly from?: object[] }[] }).ingress ?? [],
  );
  // In a network policy nobody in particular is everybody.
  return rules.flatMap(({ from = [] }) =>
    from.length === 0 || from.some((peer) => Object.keys(peer).length === 0)
      ? ["a network policy lets everybody in"]
      : [],
  );
}

function wayDoors(access: Settings["access"]): string[] {
  if (access.mode === "port-forward") return [];
  const route = httpRoute("r", PLACE, { ...BACKEND, paths: [] });
  const redirect = redirectRoute(PLACE, HOST);
  const common = [
    ...(route.spec.parentRefs.some(({ sectionName }) => sectionName !== "https") ? ["a route takes HTTP"] : []),
    ...(JSON.stringify(redirect).includes("backendRefs") ? ["HTTP reaches GoCD"] : []),
  ];
  if (access.mode === "google") {
    const machinePaths = Object.values(MACHINE_PATHS).flat();
    return entrances(access.google).reduce<string[]>((all, { visitor, iap, allow, paths }) => {
      const isAsked =
        iap || access.google.address === "internal" || allow.length > 0 || access.google.iap !== undefined;
      if (!isAsked) all.push(`${visitor} come from everywhere, for which nobody has asked`);
      if (isRestricting(allow) && armorRules(allow).at(-1)?.action !== "deny(403)")
        all.push("the allow-list lets others in");
      if (visitor === "people" && access.google.iap && !iap) all.push("people go past IAP");
      if (visitor === "machines" && paths.some((path) => !machinePaths.includes(path)))
        all.push("people come as machines");
      return all;
    }, common);
  }
  if (frontPeers(access.front.from).length === 0) common.push("nobody knows who the proxies are");
  if (access.mode === "gateway") {
    const { listeners } = gateway(PLACE, HOST, access.front).spec;
    const [https] = listeners.filter(({ protocol }) => protocol === "HTTPS") as {
      readonly tls?: { readonly certificateRefs?: object[] };
    }[];
    return [...common, ...(https?.tls?.certificateRefs?.length === 1 ? [] : ["the Gateway has no certificate"])];
  }
  const { metadata, spec } = ingress(PLACE, BACKEND, access.front);
  const annotations: Readonly<Record<string, string>> = metadata.annotations;
  const redirects = Object.entries(annotations).filter(([name]) => /redirect/.test(name));
  return [
    ...common,
    ...(spec.tls.some(({ hosts, secretName }) => hosts.includes(HOST) && secretName !== "")
      ? []
      : ["the Ingress has no certificate"]),
    ...(redirects.length > 0 && redirects.every(([, value]) => value === "true") ? [] : ["the Ingress takes HTTP"]),
    ...(Object.keys(annotations).some((name) => /snippet|headers?$/.test(name))
      ? ["the proxy adds headers of its own"]
      : []),
  ];
}

describe("no combination of settings leaves GoCD open", () => {
  const takenOf = (all: readonly (readonly [object, unknown, object, boolean])[]) =>
    all.flatMap((one) => {
      const settings = accepted(...one);
      return settings ? [{ one, settings }] : [];
    });
  const tried = product<[object, unknown, object, boolean]>(CLUSTERS, WAYS, [{}], [true, false]);
  const ways = takenOf(tried);
  // The server's settings know of a way only what kind it is: a few of each are enough for them.
  const some = new Map(ways.map((way, index) => [`${way.settings.access.mode} ${index % 3}`, way.one]));
  const withServers = [...some.values()].flatMap(([cluster, access, , secret]) =>
    SERVERS.map((server) => [cluster, access, server, secret] as const),
  );
  const taken = [...ways, ...takenOf(withServers)];

  test("of all that there are, the program takes some of every kind and refuses the others", () => {
    const modes = taken.map(({ settings: { access } }) =>
      access.mode === "google" ? access.google.address : access.mode,
    );
    expect([...new Set(modes)].sort()).toEqual(["external", "gateway", "ingress", "internal", "port-forward"]);
    expect(ways.length).toBeLessThan(tried.length / 2);
    expect(taken.length).toBeGreaterThan(ways.length + some.size);
    expect(taken.length).toBeLessThan(ways.length + withServers.length);
  });

  test("to somebody without a log-in, or to somebody who listens", () => {
    const open = taken.flatMap(({ one, settings }) =>
      openDoors(settings).map((door) => `${door}: ${JSON.stringify(one)}`),
    );
    expect(open.slice(0, 5)).toEqual([]);
  });
});
