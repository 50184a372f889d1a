import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";

/** Where the certificates of one's own authorities are, and what hooks of the images make of them and the public ones. */
const CA_DIRECTORY = "/etc/gocd-ca";
export const CA_FILE = "ca.crt";
const BUNDLE = "/godata/ca/bundle.crt";
const TRUST_STORE = "/godata/ca/truststore";

/** How a company's network is left, and whom it trusts. */
export interface Company {
  readonly proxy?: { readonly url: string; readonly direct: readonly string[] } | undefined;
  /** PEM. */
  readonly certificates?: string | undefined;
  readonly insecureRegistries: readonly string[];
  /** Names of Secrets. */
  readonly pullSecrets: readonly string[];
}

/** What nobody asks a proxy for: this pod, the cluster's Services, and the metadata server. */
const OWN = ["localhost", "127.0.0.1", "::1", ".svc", ".cluster.local", "169.254.169.254", "metadata.google.internal"];

/** Hosts that are asked without the proxy, in the form that Go, curl, Python and Node read. */
export const noProxy = ({ direct }: { readonly direct: readonly string[] }): string => [...OWN, ...direct].join(",");

const NODE_CERTIFICATES = { name: "NODE_EXTRA_CA_CERTS", value: `${CA_DIRECTORY}/${CA_FILE}` };

/** The proxy, in both spellings since programs read one or the other. */
const proxyEnv = ({ proxy }: Pick<Company, "proxy">) =>
  proxy
    ? Object.entries({ http_proxy: proxy.url, https_proxy: proxy.url, no_proxy: noProxy(proxy) }).flatMap(
        ([name, value]) => [
          { name: name.toUpperCase(), value },
          { name, value },
        ],
      )
    : [];

/** Variables for programs in a container: the proxy, and what to trust. */
export function companyEnv({ proxy, certificates }: Company) {
  const trusting = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "PIP_CERT"];
  return [
    ...proxyEnv({ proxy }),
    ...(certificates === undefined
      ? []
      : [
          ...trusting.map((name) => ({ name, value: BUNDLE })),
          NODE_CERTIFICATES,
          { name: "JAVA_TRUST_STORE", value: TRUST_STORE },
        ]),
  ];
}

/** The same for a Node program in an image that makes nothing of the certificates; Node asks no proxy unless it is told to. */
export const companyNodeEnv = ({ proxy, certificates }: Company) => [
  ...proxyEnv({ proxy }),
  ...(proxy ? [{ name: "NODE_USE_ENV_PROXY", value: "1" }] : []),
  ...(certificates === undefined ? [] : [NODE_CERTIFICATES]),
];

/** The same for a JVM, which reads no variables. */
export function companyJvmOptions({ proxy, certificates }: Company): readonly string[] {
  const options: string[] = [];
  if (proxy) {
    const { protocol, hostname, port } = new URL(proxy.url);
    const number = port || (protocol === "https:" ? "443" : "80");
    const direct = [...OWN, ...proxy.direct].flatMap(jvmPattern);
    for (const scheme of ["http", "https"])
      options.push(`-D${scheme}.proxyHost=${hostname}`, `-D${scheme}.proxyPort=${number}`);
    options.push(`-Dhttp.nonProxyHosts=${direct.join("|")}`);
  }
  // The password is Java's own, and protects nothing: all in there is public.
  if (certificates !== undefined)
    options.push(`-Djavax.net.ssl.trustStore=${TRUST_STORE}`, "-Djavax.net.ssl.trustStorePassword=changeit");
  return options;
}

/** Patterns in place of suffixes and, where they end at a dot, of ranges; others Java cannot be told. */
function jvmPattern(host: string): readonly string[] {
  if (host.includes("::")) return [];
  const [address = "", bits] = host.split("/");
  if (bits === undefined) return [host.startsWith(".") ? `*${host}` : host];
  const parts = address.split(".").slice(0, Number(bits) / 8);
  return Number(bits) % 8 === 0 && parts.length > 0 ? [parts.length === 4 ? address : `${parts.join(".")}.*`] : [];
}

/** Mount and volume of the certificates; none without. */
export function companyVolumes(configMap: pulumi.Input<string> | undefined) {
  if (configMap === undefined) return { mounts: [], volumes: [] };
  return {
    mounts: [{ name: "ca", mountPath: CA_DIRECTORY, readOnly: true }],
    volumes: [{ name: "ca", configMap: { name: configMap } }],
  };
}

/** What a program trusts it reads when it starts, so other certificates take a restart. */
export const certificatesAnnotation = ({ certificates }: Company): Readonly<Record<string, string>> =>
  certificates === undefined
    ? {}
    : { "gocd-on-kubernetes/certificates": createHash("sha256").update(certificates).digest("hex").slice(0, 16) };

/** For a pod's spec. */
export const pullSecrets = ({ pullSecrets: names }: Company) =>
  names.length === 0 ? {} : { imagePullSecrets: names.map((name) => ({ name })) };
