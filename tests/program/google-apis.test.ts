import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Registration } from "../../preview/run/registration";
import { isObject, unwrappedMap, type WireObject } from "../../preview/run/wire";
import { ROOT, runs, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

const LIST = "docs/operations/google-apis.txt";

/** Services by the package of the resource (`gcp:<package>/…`): what its provider calls. */
const OF_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  artifactregistry: ["artifactregistry"],
  certificatemanager: ["certificatemanager"],
  compute: ["compute"],
  container: ["container"],
  iap: ["iap"],
  // Roles in a project, and the number of the project, which is part of a principal's name.
  projects: ["cloudresourcemanager"],
  serviceaccount: ["iam"],
  storage: ["storage"],
};

interface Feature {
  readonly service: string;
  /** Where Google says so. */
  readonly source: string;
  readonly asked: (cluster: WireObject) => boolean;
}

/** Services that a cluster calls for what its arguments ask for. */
const OF_CLUSTERS: readonly Feature[] = [
  {
    service: "dns",
    source: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns (Before you begin)",
    asked: ({ dnsConfig }) => isObject(dnsConfig) && dnsConfig["clusterDns"] === "CLOUD_DNS",
  },
  {
    service: "iamcredentials",
    source: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity (Before you begin)",
    asked: ({ workloadIdentityConfig }) => isObject(workloadIdentityConfig),
  },
  {
    service: "logging",
    source: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring",
    asked: ({ loggingConfig }) => isObject(loggingConfig),
  },
  {
    service: "monitoring",
    source: "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring",
    asked: ({ monitoringConfig }) => isObject(monitoringConfig),
  },
];

function servicesOf({ type, inputs }: Registration): string[] {
  const [, name = ""] = /^gcp:([^/]+)\//.exec(type) ?? [];
  const services = OF_PACKAGES[name];
  if (services === undefined) throw new Error(`no service is known for ${type}: add it above and to ${LIST}`);
  const features = type.endsWith(":Cluster") ? OF_CLUSTERS.filter(({ asked }) => asked(unwrappedMap(inputs))) : [];
  return [...services, ...features.map(({ service }) => service)];
}

describe("the list of Google's APIs", () => {
  const listed = readFileSync(join(ROOT, LIST), "utf8").trimEnd().split("\n");
  let needed: ReadonlySet<string>;

  beforeAll(async () => {
    const all = await runs(Object.values(variants).map((source) => task(source, {}, false)));
    const google = all.flatMap(succeeded).filter(({ type }) => type.startsWith("gcp:"));
    needed = new Set(google.flatMap(servicesOf).map((service) => `${service}.googleapis.com`));
  });

  test("has what the resources of every kind of stack need, and nothing else", () => {
    expect(listed).toEqual([...needed].sort());
  });

  test.each(["README.md", "docs/operations/install.md"])("is what %s enables", (page) => {
    const commands = readFileSync(join(ROOT, page), "utf8").match(/gcloud services enable (?:[^\n]*\\\n)*[^\n]*/g);
    expect(commands).toEqual([`gcloud services enable $(cat ${LIST})`]);
  });
});
