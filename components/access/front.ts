import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PUBLIC_HOST } from "../../kubernetes/labels";
import { ENTRY, listeners, metadata, type Place } from "./routes";

/** A proxy that the cluster has. */
export interface FrontSpec {
  /** Name of its IngressClass or GatewayClass. */
  readonly class: string;
  /** A Secret with the certificate, or who of cert-manager's makes one. */
  readonly secret?: string | undefined;
  readonly clusterIssuer?: string | undefined;
  readonly issuer?: string | undefined;
  /** Where its connections come from. */
  readonly from: {
    readonly namespace?: string | undefined;
    readonly podLabels: { readonly [key: string]: string };
    readonly ranges: readonly string[];
  };
  readonly annotations: { readonly [key: string]: string };
}

/** Where a proxy's connections come from, in a network policy's terms. */
export function frontPeers({ namespace, podLabels, ranges }: FrontSpec["from"]) {
  if (namespace === undefined) return ranges.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      ...(Object.keys(podLabels).length > 0 && { podSelector: { matchLabels: podLabels } }),
    },
  ] satisfies k8s.types.input.networking.v1.NetworkPolicyPeer[];
}

/** Whether cert-manager makes the certificate, and so may start pods that prove the host to be ours. */
export const isIssued = ({ clusterIssuer, issuer }: FrontSpec): boolean => (clusterIssuer ?? issuer) !== undefined;

/** Secret that cert-manager keeps the certificate in. */
const ISSUED = "gocd-tls";
const secretOf = ({ secret = ISSUED }: FrontSpec) => secret;

/**
 * What controllers must be told for uploads of any size, responses that take hours, and HTTP that only redirects. Each reads its own
 * keys and no others, so all are there whatever the class is called.
 */
const OF_CONTROLLERS = {
  // ingress-nginx: 1 MiB at most, 60 seconds between two reads.
  "nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
  "nginx.ingress.kubernetes.io/proxy-body-size": "0",
  "nginx.ingress.kubernetes.io/proxy-read-timeout": "86400",
  "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
  "nginx.ingress.kubernetes.io/proxy-send-timeout": "86400",
  // F5's controller for nginx: the same.
  "nginx.org/client-max-body-size": "0",
  "nginx.org/proxy-read-timeout": "24h",
  "nginx.org/proxy-send-timeout": "24h",
  "nginx.org/redirect-to-https": "true",
  // HAProxy Technologies' controller: 50 seconds.
  "haproxy.org/ssl-redirect": "true",
  "haproxy.org/timeout-server": "24h",
  // HAProxy Ingress: the same.
  "haproxy-ingress.github.io/ssl-redirect": "true",
  "haproxy-ingress.github.io/timeout-server": "24h",
  // Traefik: HTTP does not reach GoCD at all; its entry point may redirect.
  "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
  "traefik.ingress.kubernetes.io/router.tls": "true",
} as const;

/** Asks cert-manager for a certificate. */
const issuing = ({ clusterIssuer, issuer }: FrontSpec) => ({
  ...(clusterIssuer !== undefined && { "cert-manager.io/cluster-issuer": clusterIssuer }),
  ...(issuer !== undefined && { "cert-manager.io/issuer": issuer }),
});

export interface Backend {
  readonly host: string;
  readonly service: pulumi.Input<string>;
  readonly port: number;
}

/** An Ingress for the host by TLS. */
export function ingress(place: Place, { host, service, port }: Backend, spec: FrontSpec) {
  return {
    metadata: {
      ...metadata(ENTRY, place),
      annotations: {
        ...spec.annotations,
        ...OF_CONTROLLERS,
        ...issuing(spec),
        [PUBLIC_HOST]: host,
        // Not every controller writes an address into the status, for which Pulumi would wait.
        "pulumi.com/skipAwait": "true",
      },
    },
    spec: {
      ingressClassName: spec.class,
      tls: [{ hosts: [host], secretName: secretOf(spec) }],
      rules: [
        {
          host,
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: service, port: { number: port } } } }],
          },
        },
      ],
    },
  } satisfies k8s.types.input.networking.v1.Ingress;
}

/** Nothing ends a request because of the time that it takes (HTTPRoute, from Gateway API 1.2). */
export const NO_TIMEOUTS = { request: "0s", backendRequest: "0s" } as const;

/** A Gateway for the host: HTTPS with the certificate, and HTTP for a redirect. */
export function gateway(place: Place, host: string, spec: FrontSpec) {
  const tls = { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secretOf(spec) }] };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      ...metadata(ENTRY, place),
      annotations: { ...spec.annotations, ...issuing(spec), [PUBLIC_HOST]: host },
    },
    spec: { gatewayClassName: spec.class, listeners: listeners({ hostname: host, tls }) },
  };
}
