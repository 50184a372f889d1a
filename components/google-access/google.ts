import { createHash } from "node:crypto";
import type * as gcp from "@pulumi/gcp/types";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PUBLIC_HOST, selector } from "../../kubernetes/labels";
import { MACHINE_PATHS, type MachinePath, type Path } from "../access/paths";
import { ENTRY, listeners, metadata, type Place } from "../access/routes";

/** How a load balancer of Google's is asked for. */
export interface GoogleSpec {
  readonly address: "external" | "internal";
  /** Ranges that may connect to an external address; empty where IAP asks everybody. */
  readonly allow: readonly string[];
  readonly iap?: { readonly clientId: string; readonly members: readonly string[] } | undefined;
  readonly machines?:
    { readonly paths: readonly MachinePath[]; readonly allow?: readonly string[] | undefined } | undefined;
  /** Range of an internal load balancer's proxies. */
  readonly proxies?: string | undefined;
  /** Where an internal address is, if not where the nodes are. */
  readonly subnetwork?: string | undefined;
}

/** From where Google's front ends connect and check health (Cloud Load Balancing: "Firewall rules"). */
const FRONT_ENDS = ["35.191.0.0/16", "130.211.0.0/22"];

/** Ranges that a Google load balancer connects from. */
export const googleSources = ({ proxies }: Pick<GoogleSpec, "proxies">): readonly string[] => [
  ...FRONT_ENDS,
  ...(proxies === undefined ? [] : [proxies]),
];

/** Who comes by a route: people, or machines where they have one of their own. */
export type Visitor = "people" | "machines";

/** A Service, its policies and its route: one for each kind of visitor. */
export interface Entrance {
  readonly visitor: Visitor;
  readonly allow: readonly string[];
  readonly iap: boolean;
  readonly paths: readonly Path[];
}

/** The ways in: one, or two where people pass IAP or machines have an allow-list of their own. */
export function entrances({ allow, iap, machines }: GoogleSpec): readonly Entrance[] {
  const people: Entrance = {
    visitor: "people",
    allow,
    iap: iap !== undefined,
    paths: [{ type: "PathPrefix", value: "/" }],
  };
  const paths = (machines?.paths ?? (["webhooks", "agents"] as const)).flatMap((path) => MACHINE_PATHS[path]);
  if ((iap === undefined && machines?.allow === undefined) || paths.length === 0) return [people];
  return [people, { visitor: "machines", allow: machines?.allow ?? allow, iap: false, paths }];
}

/** Google's limit for names. */
const LONGEST_NAME = 63;

/** What is about a host has it in its name, so that another host makes another one beside the first. */
export function nameForHost(instance: string, host: string): string {
  const name = `${instance}-${host.replaceAll(".", "-")}`;
  return name.length <= LONGEST_NAME
    ? name
    : `${instance}-${createHash("sha256").update(host).digest("hex").slice(0, 12)}`;
}

/** IAP's roles are given in the project, so this one ends at the host. */
export const onlyFor = (instance: string, host: string) => ({
  title: instance,
  description: `GoCD on ${host}`,
  expression: `request.host == "${host}"`,
});

const EVERYBODY = "0.0.0.0/0";
/** Cloud Armor takes so many ranges in a rule (`SRC_IPS_V1`). */
const RANGES_IN_RULE = 10;

/** Whether an allow-list keeps anybody out. */
export const isRestricting = (allow: readonly string[]): boolean => allow.length > 0 && !allow.includes(EVERYBODY);

/** Rules that let some ranges in and answer 403 to everybody else. */
export function armorRules(allow: readonly string[]) {
  const rule = (action: string, priority: number, srcIpRanges: string[]) => ({
    action,
    priority,
    match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges } },
  });
  const chunks = Array.from({ length: Math.ceil(allow.length / RANGES_IN_RULE) }, (_, index) =>
    allow.slice(index * RANGES_IN_RULE, (index + 1) * RANGES_IN_RULE),
  );
  return [
    ...chunks.map((ranges, index) => rule("allow", 1000 + index, ranges)),
    rule("deny(403)", 2147483647, ["*"]),
  ] satisfies gcp.input.compute.SecurityPolicyRule[];
}

/** Names of the routes in the server's namespace. */
export const ROUTES: Readonly<Record<Visitor, string>> = { people: ENTRY, machines: `${ENTRY}-machines` };
/** Secret with the OAuth client's secret. */
export const IAP_SECRET = "gocd-iap";
const backend = (visitor: Visitor) => `gocd-${visitor}`;

/** A Service for one kind of visitor: Google's policies are about a Service, and the agents of the stack have one without any. */
export function backendService(visitor: Visitor, place: Place, port: number) {
  return {
    metadata: metadata(backend(visitor), place),
    spec: {
      type: "ClusterIP",
      selector: selector(place.instance, "gocd-server"),
      ports: [{ name: "http", port, targetPort: "http", protocol: "TCP" }],
    },
  } satisfies k8s.types.input.core.v1.Service;
}

const target = (visitor: Visitor) => ({ group: "", kind: "Service", name: backend(visitor) });

/** GoCD answers `/` by a redirect, which is no health to Google; this page is for nobody's log-in, and stays during a backup. */
export function healthCheckPolicy(visitor: Visitor, place: Place) {
  return {
    apiVersion: "networking.gke.io/v1",
    kind: "HealthCheckPolicy",
    metadata: metadata(backend(visitor), place),
    spec: {
      default: {
        checkIntervalSec: 15,
        timeoutSec: 5,
        config: {
          type: "HTTP",
          httpHealthCheck: { portSpecification: "USE_SERVING_PORT", requestPath: "/go/api/v1/health" },
        },
      },
      targetRef: target(visitor),
    },
  };
}

/** A day: the load balancer ends a request then, however much flows. An artifact or a console may take hours. */
const TIMEOUT_SECONDS = 86_400;

/** Time-outs, who may connect, and who must log in with Google first. */
export function backendPolicy(
  visitor: Visitor,
  place: Place,
  {
    securityPolicy,
    client,
  }: {
    readonly securityPolicy?: pulumi.Input<string> | undefined;
    readonly client?: { readonly id: string; readonly secret: pulumi.Input<string> } | undefined;
  },
) {
  return {
    apiVersion: "networking.gke.io/v1",
    kind: "GCPBackendPolicy",
    metadata: metadata(backend(visitor), place),
    spec: {
      default: {
        timeoutSec: TIMEOUT_SECONDS,
        connectionDraining: { drainingTimeoutSec: 60 },
        logging: { enabled: true, sampleRate: 1_000_000 },
        ...(securityPolicy !== undefined && { securityPolicy }),
        ...(client && { iap: { enabled: true, clientID: client.id, oauth2ClientSecret: { name: client.secret } } }),
      },
      targetRef: target(visitor),
    },
  };
}

/** The load balancer. An external one takes a map of certificates, an internal one a certificate. */
export function googleGateway(
  place: Place,
  spec: {
    readonly host: string;
    readonly address: GoogleSpec["address"];
    readonly addressName: pulumi.Input<string>;
    readonly certificate: pulumi.Input<string>;
  },
) {
  const isExternal = spec.address === "external";
  const annotations = { [PUBLIC_HOST]: spec.host, "networking.gke.io/certmap": spec.certificate };
  const tls = { mode: "Terminate", options: { "networking.gke.io/cert-manager-certs": spec.certificate } };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { ...metadata(ENTRY, place), ...(isExternal && { annotations }) },
    spec: {
      gatewayClassName: isExternal ? "gke-l7-global-external-managed" : "gke-l7-rilb",
      addresses: [{ type: "NamedAddress", value: spec.addressName }],
      listeners: listeners(isExternal ? {} : { tls }),
    },
  };
}
