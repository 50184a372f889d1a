import {
  companyEnv,
  companyJvmOptions,
  companyNodeEnv,
  companyVolumes,
  noProxy,
  pullSecrets,
  type Company,
} from "../../kubernetes/company";

const NONE: Company = { insecureRegistries: [], pullSecrets: [] };
const PROXY: Company = {
  ...NONE,
  proxy: { url: "http://proxy.example:3128", direct: [".corp.example", "10.0.0.0/8"] },
};
const CA: Company = { ...NONE, certificates: "PEM" };
const value = (company: Company, variable: string) => companyEnv(company).find(({ name }) => name === variable)?.value;

test("nothing is added where nothing is asked for", () => {
  expect(companyEnv(NONE)).toEqual([]);
  expect(companyNodeEnv(NONE)).toEqual([]);
  expect(companyJvmOptions(NONE)).toEqual([]);
  expect(companyVolumes(undefined)).toEqual({ mounts: [], volumes: [] });
  expect(pullSecrets(NONE)).toEqual({});
});

test("the proxy is told in both spellings", () => {
  for (const name of ["http_proxy", "https_proxy", "no_proxy"])
    expect(value(PROXY, name)).toBe(value(PROXY, name.toUpperCase()));
  expect(value(PROXY, "HTTPS_PROXY")).toBe("http://proxy.example:3128");
});

test("the cluster's own Services, the pod itself and the metadata server are asked without it", () => {
  const direct = noProxy({ direct: [".corp.example"] }).split(",");
  expect(direct).toEqual(
    expect.arrayContaining([
      "localhost",
      "127.0.0.1",
      ".svc",
      "169.254.169.254",
      "metadata.google.internal",
      ".corp.example",
    ]),
  );
});

test("a JVM gets the same in its own words", () => {
  const options = companyJvmOptions(PROXY);
  expect(options).toContain("-Dhttps.proxyHost=proxy.example");
  expect(options).toContain("-Dhttps.proxyPort=3128");
  const direct = options
    .find((option) => option.startsWith("-Dhttp.nonProxyHosts="))
    ?.split("=")[1]
    ?.split("|");
  expect(direct).toEqual(expect.arrayContaining(["localhost", "*.svc", "*.corp.example"]));
  expect(direct?.filter((host) => /[/]|::/.test(host))).toEqual([]);
});

test("a proxy without a port has that of its scheme", () => {
  expect(companyJvmOptions({ ...NONE, proxy: { url: "http://proxy.example", direct: [] } })).toContain(
    "-Dhttp.proxyPort=80",
  );
});

test("programs trust the bundle that the image's hook makes, Node what is mounted", () => {
  expect(value(CA, "SSL_CERT_FILE")).toBe(value(CA, "GIT_SSL_CAINFO"));
  expect(value(CA, "NODE_EXTRA_CA_CERTS")).toMatch(new RegExp(`^${companyVolumes("ca").mounts[0]?.mountPath}/`));
  expect(companyJvmOptions(CA)[0]).toBe(`-Djavax.net.ssl.trustStore=${value(CA, "JAVA_TRUST_STORE")}`);
});

test("pods pull with the Secrets that are named", () => {
  expect(pullSecrets({ ...NONE, pullSecrets: ["a", "b"] })).toEqual({
    imagePullSecrets: [{ name: "a" }, { name: "b" }],
  });
});

test("a JVM is told ranges as patterns, as far as there is one", () => {
  const direct = ["10.0.0.0/8", "10.20.0.0/16", "192.168.7.0/24", "10.0.0.7/32", "10.30.0.0/20"];
  const options = companyJvmOptions({ ...NONE, proxy: { url: "http://proxy.example", direct } });
  const patterns = options.find((option) => option.startsWith("-Dhttp.nonProxyHosts="))?.split("|");
  expect(patterns?.slice(-4)).toEqual(["10.*", "10.20.*", "192.168.7.*", "10.0.0.7"]);
});

test("a Node program asks the proxy only when it is told to, and trusts the certificates as they are mounted", () => {
  const names = (company: Company) => companyNodeEnv(company).map(({ name }) => name);
  expect(names(PROXY)).toEqual(expect.arrayContaining(["HTTPS_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY"]));
  expect(names(CA)).toEqual(["NODE_EXTRA_CA_CERTS"]);
});
