import { spawn } from "node:child_process";
import { kubectlProgram } from "./kubectl";

/** Where the API server of the tests' own cluster answers without a log-in; see control-plane.ts. */
export const OWN_API = "http://127.0.0.1:8001";

/** What every Kubernetes object has; the rest is for the one who asks to know. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** What the API server answers to one request. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Where the objects of a kind are found; `%` is their namespace. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  configmap: "api/v1/namespaces/%/configmaps",
  deployment: "apis/apps/v1/namespaces/%/deployments",
  networkpolicy: "apis/networking.k8s.io/v1/namespaces/%/networkpolicies",
  pod: "api/v1/namespaces/%/pods",
  secret: "api/v1/namespaces/%/secrets",
  statefulset: "apis/apps/v1/namespaces/%/statefulsets",
  validatingadmissionpolicy: "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
};

/** Reads one object, e.g. `get<Pod>("pod/docker-0", "gocd-test-agents")`; the caller says what shape it has. */
export function get<T = KubernetesObject>(what: string, namespace: string): Promise<T> {
  const [kind = "", name = ""] = what.split("/");
  const collection = COLLECTIONS[kind];
  if (collection === undefined) throw new Error(`get reads ${Object.keys(COLLECTIONS).join(", ")}, not ${what}`);
  return read<T>(`${collection.replace("%", namespace)}/${name}`);
}

/** Reads all pods with these labels, e.g. `app=bucket`; without labels all of the namespace. */
export async function getPods<T = KubernetesObject>(namespace: string, labels = ""): Promise<readonly T[]> {
  const path = `api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(labels)}`;
  const { items } = await read<{ readonly items: readonly T[] }>(path);
  return items;
}

/** Creates an object; with `dryRun` the API server is only asked whether it might be created. */
export const create = (object: KubernetesObject, dryRun = false): Promise<Answer> =>
  ask("POST", collectionOf(object), object, dryRun);

/** Changes a subresource of an object by a merge patch. */
export const patchSubresource = (
  object: KubernetesObject,
  subresource: string,
  change: object,
  dryRun = false,
): Promise<Answer> => ask("PATCH", `${collectionOf(object)}/${object.metadata.name}/${subresource}`, change, dryRun);

/** Opens a proxy to the cluster of KUBECONFIG, as TEST_API_ADDRESS for this process and those that it starts; returns what closes it. */
export async function openApi(): Promise<() => void> {
  const proxy = spawn(kubectlProgram(), ["proxy", "--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    proxy.on("error", reject);
    proxy.on("close", (code) => {
      reject(new Error(`kubectl proxy ended with ${code}`));
    });
    proxy.stdout.once("data", (data: Buffer) => {
      resolve(data.toString());
    });
  });
  const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
  if (address === undefined) throw new Error(`kubectl proxy printed ${line}`);
  process.env["TEST_API_ADDRESS"] = `http://${address}`;
  return () => {
    delete process.env["TEST_API_ADDRESS"];
    proxy.kill();
  };
}

async function read<T>(path: string): Promise<T> {
  const { status, body } = await ask("GET", path);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body as T;
}

async function ask(method: "GET" | "POST" | "PATCH", path: string, body?: object, dryRun = false): Promise<Answer> {
  // Starting kubectl for each question would cost more than all else that a waiting test does.
  const answer = await fetch(`${process.env["TEST_API_ADDRESS"] ?? OWN_API}/${path}${dryRun ? "?dryRun=All" : ""}`, {
    method,
    headers: { "content-type": method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** The kinds that the tests create are written in the plural with an s, which Endpoints have already. */
function collectionOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
  return `${group}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${kind.toLowerCase().replace(/s?$/, "s")}`;
}
