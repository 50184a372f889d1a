import { frontPeers, gateway, ingress } from "../../../components/access/front";
import { MACHINE_PATHS } from "../../../components/access/paths";
import { httpRoute, redirectRoute } from "../../../components/access/routes";
import { visitorsOf } from "../../../components/access/visitors";
import { armorRules, entrances, isRestricting } from "../../../components/google-access/google";
import { networkPolicies } from "../../../components/guardrails/network-policies";
import { cruiseConfig } from "../../../components/server/cruise-config";
import { serverStatefulSet } from "../../../components/server/server";
import type { Settings } from "../../../settings/types";

export const HOST = "ci.example.com";
const PLACE = { instance: "gocd-dev", namespace: "gocd-dev" };
const BACKEND = { host: HOST, service: "gocd-server", port: 8153 };

/** What of accepted settings would let somebody in without a log-in, or a password out in clear text. */
export function openings({ access, server }: Settings): string[] {
  return [
    ...ofServer(access.mode !== "port-forward", server),
    ...ofPolicies(access, server.agentNamespaces),
    ...ofWay(access),
  ];
}

function ofServer(hasHost: boolean, server: Settings["server"]): string[] {
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
    // By that name housekeeping would put another log-in in the place of admin's.
    ...("passwords" in server.authorization ? ["admin has no way in"] : []),
    ...(hasHost && !seed.includes(`<siteUrl>https://${HOST}</siteUrl>`)
      ? ["GoCD sends people to an address without TLS"]
      : []),
  ];
}

function ofPolicies(access: Settings["access"], agentNamespaces: readonly string[]): string[] {
  const visitors = visitorsOf(access);
  const policies = networkPolicies({
    instance: "gocd-dev",
    namespaces: { server: "s", agents: "a" },
    labels: {},
    pools: [],
    dnsServers: [],
    server: { egress: [], backup: false, agentNamespaces, visitors },
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

function ofWay(access: Settings["access"]): string[] {
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
