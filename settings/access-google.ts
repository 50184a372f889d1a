import type { z } from "zod";
import { notRanges } from "./addresses";
import type { Create, Existing } from "./cluster";
import { problem, type Problem } from "./problems";
import type { Storage } from "./storage";
import { choice, cidr, list, mapWith, text, type ReadonlyDeep } from "./values";

const ranges = (what: string) =>
  list(cidr, "a list of IPv4 ranges such as 203.0.113.0/24").max(100, { error: "at most 100 ranges" }).describe(what);

const member = text(
  "user:, group: or serviceAccount: with an address, or domain: with a domain; never everybody",
  /^((user|group|serviceAccount):[^\s@]+@[\w-]+(\.[\w-]+)+|domain:[\w-]+(\.[\w-]+)+)$/,
);

/** GKE's Gateway controller, with an address and a certificate that Google keeps. */
export const google = mapWith({
  address: choice("external", "internal")
    .default("external")
    .describe("an address of the internet, or one of the network"),
  allow: ranges(
    "who may connect to an external address (Cloud Armor); 0.0.0.0/0 is everybody. Needed unless there is iap",
  ).default([]),
  iap: mapWith({
    clientId: text(
      "an OAuth client's id, which ends in .apps.googleusercontent.com",
      /^[\w.-]+\.apps\.googleusercontent\.com$/,
    ).describe("OAuth client of Identity-Aware Proxy; its secret is gocd:iapClientSecret"),
    members: list(member, "a list of members such as group:developers@example.com").describe(
      "who Identity-Aware Proxy lets through to GoCD's own log-in",
    ),
  }).optional(),
  machines: mapWith({
    paths: list(choice("webhooks", "agents"), "a list of webhooks, agents")
      .default(["webhooks", "agents"])
      .describe("what comes past iap: webhooks with GoCD's secret, and agents that people attach, with their token"),
    allow: ranges("who may connect to these paths, where others than allow").optional(),
  }).optional(),
  proxies: cidr
    .optional()
    .describe(
      "range of an internal load balancer's proxies; default 10.40.0.0/23 in a network of the stack's own, else the proxy-only subnetwork's",
    ),
  subnetwork: text(
    "projects/PROJECT/regions/REGION/subnetworks/NAME",
    /^projects\/[a-z0-9:.-]+\/regions\/[a-z0-9-]+\/subnetworks\/[a-z0-9-]+$/,
  )
    .optional()
    .describe("subnetwork of an internal address, where the cluster exists"),
});

type Google = ReadonlyDeep<z.output<typeof google>>;

/** Range of the proxies in a network that the stack makes. */
export const OWN_PROXIES = "10.40.0.0/23";

const PATH = "gocd:access.google";
const SECRET = "gocd:iapClientSecret";

/** What a load balancer of Google's has to fit. */
export interface Around {
  readonly cluster: Create | Existing;
  readonly storage: Storage;
  readonly hasIapSecret: boolean;
}

/** What does not fit together, or leaves a way open that nobody asked for in so many words. */
export function googleProblems(spec: Google, { cluster, storage, hasIapSecret }: Around): Problem[] {
  if (storage.mode === "class") {
    return [{ key: PATH, found: "a load balancer of Google's", wanted: "ingress or gateway: this cluster is not GKE" }];
  }
  const refuse = (key: keyof Google, wanted: string): Problem => problem(`${PATH}.${key}`, spec[key], wanted);
  const unless = (is: boolean, key: keyof Google, wanted: string) =>
    is || isAbsent(spec[key]) ? [] : [refuse(key, wanted)];
  const isInternal = spec.address === "internal";
  const isOpen = !isInternal && spec.allow.length === 0 && spec.iap === undefined;
  const outside = "nothing with an internal address, which only the network reaches";
  const inside = "nothing with an external address";
  return [
    ...(isOpen ? [refuse("allow", "the ranges that may connect, [0.0.0.0/0] for everybody, or iap beside it")] : []),
    ...unless(!isInternal, "allow", outside),
    ...unless(!isInternal, "iap", outside),
    ...unless(!isInternal, "machines", outside),
    ...unless(isInternal, "proxies", inside),
    ...unless(isInternal, "subnetwork", inside),
    ...(isInternal ? placeProblems(spec, cluster.mode) : []),
    ...(spec.iap && !hasIapSecret
      ? [problem(SECRET, undefined, `the client's secret: pulumi config set --secret ${SECRET}`)]
      : []),
    ...(spec.iap?.members.length === 0
      ? [problem(`${PATH}.iap.members`, [], "at least one member such as group:developers@example.com")]
      : []),
    ...(spec.machines?.allow?.length === 0
      ? [problem(`${PATH}.machines.allow`, [], "at least one range, or nothing, and then that of allow")]
      : []),
    ...machineProblems(spec),
    ...notRanges(`${PATH}.allow`, spec.allow),
    ...notRanges(`${PATH}.machines.allow`, spec.machines?.allow ?? []),
  ];
}

const isAbsent = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);

/** Where an internal address is: in the stack's own network, or in that of the cluster, which nobody else can know. */
function placeProblems({ proxies, subnetwork }: Google, mode: "create" | "existing"): Problem[] {
  if (mode === "create") {
    const wanted = "nothing where the stack makes the network";
    return subnetwork === undefined ? [] : [problem(`${PATH}.subnetwork`, subnetwork, wanted)];
  }
  const missing = (key: string, wanted: string) => [problem(`${PATH}.${key}`, undefined, wanted)];
  return [
    ...(subnetwork === undefined
      ? missing("subnetwork", "the cluster's subnetwork: projects/PROJECT/regions/REGION/subnetworks/NAME")
      : []),
    ...(proxies === undefined ? missing("proxies", "the range of the network's proxy-only subnetwork") : []),
  ];
}

/** Machines have a route of their own only beside people who have another. */
function machineProblems({ iap, machines }: Google): Problem[] {
  if (machines === undefined || iap !== undefined || machines.allow !== undefined) return [];
  const wanted = "nothing without iap or machines.allow: people and machines then come the same way";
  return [problem(`${PATH}.machines`, machines, wanted)];
}
