import { daemonConfig, registryHosts } from "../../../components/agents/daemon";

const SETTINGS = { mtu: 1460, mirrors: [], addressPools: ["172.30.0.0/16"] };
const configOf = (settings: Parameters<typeof daemonConfig>[0]) =>
  JSON.parse(daemonConfig(settings, "100Gi")) as object;

test("the daemon speaks with old clients where a pool names the oldest API", () => {
  expect(configOf({ ...SETTINGS, minApiVersion: "1.24" })).toMatchObject({ "min-api-version": "1.24" });
});

test("the daemon keeps its own bound of the API where a pool names none", () => {
  expect(configOf(SETTINGS)).not.toHaveProperty("min-api-version");
});

test("registries that the settings name are the mirrors' and the log-ins' hosts as they are written, each once", () => {
  const mirrors = ["https://mirror.gcr.io", "https://registry.example.com:5000", "https://443.example.com:443/"];
  expect(registryHosts({ mirrors }, ["ghcr.io", "registry.example.com:5000"])).toEqual([
    "mirror.gcr.io",
    "registry.example.com:5000",
    "443.example.com:443",
    "ghcr.io",
  ]);
});
