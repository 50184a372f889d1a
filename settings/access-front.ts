import { z } from "zod";
import { notRanges } from "./addresses";
import { problem, type Problem } from "./problems";
import { cidr, labelKey, labelValue, list, mapOf, mapWith, text, type ReadonlyDeep } from "./values";

const dnsName = (wanted: string) =>
  text(wanted, /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);

const CERTIFICATE = ["secret", "clusterIssuer", "issuer"] as const;

/** Where the controller's proxies are, in a network policy's terms. */
const from = mapWith(
  {
    namespace: dnsName("the name of a namespace").optional().describe("namespace of the controller's pods"),
    podLabels: mapOf(
      labelKey,
      labelValue.describe("label of the controller's pods; every pod of the namespace if absent"),
      "a map of labels",
    ).default({}),
    ranges: list(cidr, "a list of IPv4 ranges")
      .default([])
      .describe("addresses that the proxies come from, where they are no pods of the cluster's network"),
  },
  "a map with namespace, podLabels, or with ranges",
).refine(({ namespace, ranges }) => (namespace === undefined) !== (ranges.length === 0), {
  error: "either namespace, with podLabels or without, or ranges",
});

/** A proxy that the cluster has: a class, a certificate, and the place its connections come from. */
export const front = (kind: "Ingress" | "Gateway") =>
  mapWith(
    {
      class: dnsName(`the name of an ${kind}Class`.replace("an G", "a G")).describe(
        `${kind}Class of the cluster, such as ${kind === "Ingress" ? "nginx" : "envoy"}`,
      ),
      secret: dnsName("the name of a Secret")
        .optional()
        .describe("Secret of type kubernetes.io/tls in the server's namespace, which you make"),
      clusterIssuer: dnsName("the name of a ClusterIssuer")
        .optional()
        .describe("ClusterIssuer of cert-manager that signs"),
      issuer: dnsName("the name of an Issuer")
        .optional()
        .describe("Issuer of cert-manager, in the server's namespace, that signs"),
      from,
      annotations: mapOf(
        text("an annotation's key", /^[\w./-]+$/),
        z
          .string({ error: "text, in quotes where it looks like something else" })
          .describe(`annotation of the ${kind}, for what its class asks`),
        "a map of annotations",
      ).default({}),
    },
    "a map with class, secret or clusterIssuer or issuer, from, annotations",
  ).refine((value) => CERTIFICATE.filter((key) => value[key] !== undefined).length === 1, {
    error: `exactly one of ${CERTIFICATE.join(", ")}`,
  });

type Front = ReadonlyDeep<z.output<ReturnType<typeof front>>>;

/**
 * Annotations that decide what reaches GoCD and as whom: a snippet or a header can log everybody in, an alias or a protocol can open a
 * way without TLS.
 */
const REFUSED =
  /snippet|conf(ig)?\b|config-|headers?\b|redirect|proxy-pass|backend-protocol|backend-config|alias|upstream|rewrite|entrypoints|\btls\b|router\.|ssl|cert-manager|ingress\.class|^(gocd-on-kubernetes|pulumi\.com)\//i;

/** Addresses that are none, and annotations that would undo what the program promises. */
export function frontProblems(mode: "ingress" | "gateway", { from: { ranges }, annotations }: Front): Problem[] {
  const key = `gocd:access.${mode}`;
  const wanted =
    "nothing that adds headers or snippets, or changes TLS, redirects, paths or names: the program sets those";
  return [
    ...notRanges(`${key}.from.ranges`, ranges),
    ...Object.keys(annotations)
      .filter((name) => REFUSED.test(name))
      .map((name) => problem(`${key}.annotations.${name}`, annotations[name], wanted)),
  ];
}
