import type * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import type { Path } from "./paths";

/** Where objects go, and whose they are. */
export interface Place {
  readonly instance: string;
  readonly namespace: pulumi.Input<string>;
}

/** A record to make where the host's domain is kept. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

/** Name of the Gateway, of the route of people, and of an Ingress. */
export const ENTRY = "gocd";

export const metadata = (name: string, { instance, namespace }: Place) => ({
  name,
  namespace,
  labels: labels(instance, "gocd-server"),
});

const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;
const parent = (sectionName: "http" | "https") => ({ name: ENTRY, sectionName });

/** What the Gateway listens on: HTTPS, and HTTP for a redirect alone. */
export function listeners(https: object) {
  const allowedRoutes = { namespaces: { from: "Same" } };
  return [
    { name: "http", protocol: "HTTP", port: 80, allowedRoutes },
    { name: "https", protocol: "HTTPS", port: 443, allowedRoutes, ...https },
  ];
}

/** Some paths of the host, by HTTPS, to a Service. */
export function httpRoute(
  name: string,
  place: Place,
  spec: {
    readonly host: string;
    readonly paths: readonly Path[];
    readonly service: pulumi.Input<string>;
    readonly port: number;
    /** Time-outs of the route, where the Gateway takes them from there. */
    readonly timeouts?: object;
  },
) {
  return {
    ...ROUTE,
    metadata: metadata(name, place),
    spec: {
      parentRefs: [parent("https")],
      hostnames: [spec.host],
      rules: [
        {
          matches: spec.paths.map((path) => ({ path })),
          backendRefs: [{ name: spec.service, port: spec.port }],
          ...(spec.timeouts && { timeouts: spec.timeouts }),
        },
      ],
    },
  };
}

/** All that comes by HTTP is sent to HTTPS. */
export function redirectRoute(place: Place, host: string) {
  return {
    ...ROUTE,
    metadata: metadata(`${ENTRY}-redirect`, place),
    spec: {
      parentRefs: [parent("http")],
      hostnames: [host],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
    },
  };
}
