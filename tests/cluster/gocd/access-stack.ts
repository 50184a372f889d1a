import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { resolvedManifests, type KubernetesObject } from "../../support/program";
import { volumeFor } from "../kubernetes/disks";
import { apply, kubectl } from "../kubernetes/kubectl";
import { ROOT, STATE } from "../kubernetes/paths";
import { claimsOf } from "./deploy";
import { installGatewayApi } from "./gateway-api";
import { withProbes, type HousekeepingConfig } from "./short-timeouts";

/** An installation behind a host, without agents: its own, so that those of the other suites stay as they are. */
export const NAMESPACE = "gocd-access";
export const HOST = "ci.example.com";
/** Where people have agents of their own in the cluster. */
export const DESK = "gocd-desk";
export const ADMIN_PASSWORD = "planted-password-of-admin-72";
/** People with rights of the settings. */
export const OPENER = "opener@example.com";
export const OPERATOR = "operator@example.com";
/** Where proxies are, a pod for each way. */
export const PROXIES = "ingress-nginx";
/** The certificate's Secret. */
const SECRET = "ci-tls";
export const CLASS = "nginx";

/** Files of proxies, of the directory and of the certificate, the node's; the pods find them at the same path. */
export const FOLDER = path.join(STATE, "access");
export const CERTIFICATE = path.join(FOLDER, `${SECRET}.crt`);

export type Way = "ingress" | "gateway";

/** Settings of the server beside those of the test stack, and secrets, as `pulumi config` has them. */
export interface AccessChange {
  readonly server?: object;
  readonly secrets?: Readonly<Record<string, string>>;
}

const STACK_FILE = path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml");
const { config: SETTINGS } = parse(readFileSync(STACK_FILE, "utf8")) as { readonly config: Record<string, object> };

/** What the program registers for a host by an Ingress or a Gateway. */
const objectsOf = (way: Way, { server = {}, secrets = {} }: AccessChange): Promise<KubernetesObject[]> =>
  resolvedManifests(
    {
      stack: "access",
      file: STACK_FILE,
      config: {
        "gocd:server": { ...SETTINGS["gocd:server"], agentNamespaces: [DESK], ...server },
        "gocd:roles": { open: [`user:${OPENER}`], operate: [`user:${OPERATOR}`] },
        "gocd:access": { host: HOST, [way]: { class: CLASS, secret: SECRET, from: { namespace: PROXIES } } },
      },
      secrets: { "gocd:adminPassword": ADMIN_PASSWORD, ...secrets },
    },
    { state: path.join(STATE, "pulumi-state-access.json") },
  );

const concerns = ({ kind, metadata }: KubernetesObject) =>
  metadata.namespace === NAMESPACE || (kind === "Namespace" && metadata.name === NAMESPACE);

/** Applies the server, with housekeeping and every policy of its namespace, and waits until both are ready. */
export async function deployAccessStack(way: Way, change: AccessChange = {}): Promise<readonly KubernetesObject[]> {
  const objects = (await objectsOf(way, change)).filter(concerns).map(quickened);
  if (way === "gateway") await installGatewayApi();
  await apply(claimsOf(objects).map(volumeFor));
  await apply([...objects, ...certificate()]);
  await isReady("statefulset/gocd-server");
  return objects;
}

/** The same, and housekeeping knows of it at once: a pod gets a changed Secret after some seconds, or when it starts. */
export async function changeAccessStack(change: AccessChange): Promise<void> {
  await deployAccessStack("ingress", change);
  await kubectl(["rollout", "restart", "-n", NAMESPACE, HOUSEKEEPING]);
  await isReady(HOUSEKEEPING);
}

const HOUSEKEEPING = "deployment/gocd-housekeeping";
const isReady = (workload: string) =>
  kubectl(["rollout", "status", "-n", NAMESPACE, workload, "--timeout=120s"], { timeout: 130_000 });

/** What housekeeping has logged since it started. */
export const housekeepingSays = (): Promise<string> => kubectl(["logs", "-n", NAMESPACE, HOUSEKEEPING, "--tail=-1"]);

/** The object with shorter waits: of probes, and of housekeeping between two rounds. */
function quickened(object: KubernetesObject): KubernetesObject {
  if (object.kind === "Secret" && object.metadata.name === "gocd-housekeeping") {
    const { stringData } = object as KubernetesObject & { readonly stringData: Readonly<Record<string, string>> };
    const config = JSON.parse(stringData["config.json"] ?? "") as HousekeepingConfig;
    return {
      ...object,
      stringData: { ...stringData, "config.json": JSON.stringify({ ...config, intervalSeconds: 1 }) },
    };
  }
  if (object.kind !== "StatefulSet") return object;
  const spec = object["spec"] as { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
  const every = { startupProbe: { periodSeconds: 1 }, readinessProbe: { periodSeconds: 1 } };
  const containers = spec.template.spec.containers.map((container) => withProbes(container, every));
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } } };
}

/** A certificate of our own for the host, made once, in the Secret that the settings name. */
function certificate(): object[] {
  mkdirSync(FOLDER, { recursive: true });
  const key = path.join(FOLDER, `${SECRET}.key`);
  if (!existsSync(key)) makeCertificate(key);
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: SECRET, namespace: NAMESPACE },
      stringData: { "tls.crt": readFileSync(CERTIFICATE, "utf8"), "tls.key": readFileSync(key, "utf8") },
    },
  ];
}

function makeCertificate(key: string): void {
  const subject = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-keyout", key, "-out", CERTIFICATE, ...subject],
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
}
