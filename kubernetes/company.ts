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

/** Variables for programs in a container: the proxy, in both spellings since programs read one or the other, and what to trust. */
export function companyEnv({ proxy, certificates }: Company) {
  const pairs = proxy
    ? Object.entries({ http_proxy: proxy.url, https_proxy: proxy.url, no_proxy: noProxy(proxy) }).flatMap(
        ([name, value]) => [
          { name: name.toUpperCase(), value },
          { name, value },
        ],
      )
    : [];
  const trusting = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "PIP_CERT"];
  return [
    ...pairs,
    ...(certificates === undefined
      ? []
      : [
          ...trusting.map((name) => ({ name, value: BUNDLE })),
          { name: "NODE_EXTRA_CA_CERTS", value: `${CA_DIRECTORY}/${CA_FILE}` },
          { name: "JAVA_TRUST_STORE", value: TRUST_STORE },
        ]),
  ];
}

/** The same for a JVM, which reads no variables. */
export function companyJvmOptions({ proxy, certificates }: Company): readonly string[] {
  const options: string[] = [];
  if (proxy) {
    const { protocol, hostname, port } = new URL(proxy.url);
    const number = port || (protocol === "https:" ? "443" : "80");
    // Patterns in place of suffixes; ranges are none of either.
    const direct = [...OWN, ...proxy.direct]
      .filter((host) => !host.includes("/") && !host.includes("::"))
      .map((host) => (host.startsWith(".") ? `*${host}` : host));
    for (const scheme of ["http", "https"])
      options.push(`-D${scheme}.proxyHost=${hostname}`, `-D${scheme}.proxyPort=${number}`);
    options.push(`-Dhttp.nonProxyHosts=${direct.join("|")}`);
  }
  // The password is Java's own, and protects nothing: all in there is public.
  if (certificates !== undefined)
    options.push(`-Djavax.net.ssl.trustStore=${TRUST_STORE}`, "-Djavax.net.ssl.trustStorePassword=changeit");
  return options;
}

/** Mount and volume of the certificates; none without. */
export function companyVolumes(configMap: pulumi.Input<string> | undefined) {
  if (configMap === undefined) return { mounts: [], volumes: [] };
  return {
    mounts: [{ name: "ca", mountPath: CA_DIRECTORY, readOnly: true }],
    volumes: [{ name: "ca", configMap: { name: configMap } }],
  };
}

/** For a pod's spec. */
export const pullSecrets = ({ pullSecrets: names }: Company) =>
  names.length === 0 ? {} : { imagePullSecrets: names.map((name) => ({ name })) };
