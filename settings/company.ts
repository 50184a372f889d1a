import type { z } from "zod";
import { list, mapWith, origin, text, type ReadonlyDeep } from "./values";

const host = text(
  "a host or address with its port if it has one, such as registry.example.com:5000",
  /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?$/,
);
/** What curl, Go, Java and Node all understand: a name, which stands for those below it too, or an address. */
const direct = text(
  "a host name such as example.com or .example.com, or an IPv4 address or range",
  /^\.?[a-zA-Z0-9][a-zA-Z0-9.-]*(\/\d{1,2})?$/,
);
const CERTIFICATES = /^(\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/;

const company = mapWith({
  proxy: mapWith({
    url: origin.describe("the proxy for HTTP and HTTPS, such as http://proxy.example.com:3128"),
    direct: list(direct, "a list of hosts")
      .default([])
      .describe("hosts that are asked without the proxy, beside the cluster's own and the metadata server"),
  })
    .optional()
    .describe("proxy for jobs, Docker daemons, Git, and the server's downloads"),
  certificates: text("certificates in PEM, one below the other", CERTIFICATES)
    .optional()
    .describe("certificates of authorities that server, agents, Docker daemons and jobs trust beside the public ones"),
  insecureRegistries: list(host, "a list of registries")
    .default([])
    .describe("registries that Docker daemons may ask over HTTP, or with a certificate that nobody signed"),
  pullSecrets: list(text("the name of a Secret", /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/), "a list of names")
    .default([])
    .describe("Secrets of type kubernetes.io/dockerconfigjson with which pods pull their images; in both namespaces"),
});

/** For the whole installation. */
export const installationCompany = company.prefault({});
/** For a pool in place of the installation's, whole. */
export const poolCompany = company.optional();

export type Company = ReadonlyDeep<z.output<typeof company>>;

/** The same, with ranges that are asked without the proxy beside those that the settings name. */
export const withDirectRanges = (company: Company, ranges: readonly string[]): Company =>
  company.proxy
    ? { ...company, proxy: { ...company.proxy, direct: [...new Set([...ranges, ...company.proxy.direct])] } }
    : company;

/** What network policies must open so that a proxy with an address for a name is reached; one with a name may be anywhere. */
export function proxyRange({ proxy }: Company): readonly string[] {
  const hostname = proxy && new URL(proxy.url).hostname;
  return hostname !== undefined && /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? [`${hostname}/32`] : [];
}
