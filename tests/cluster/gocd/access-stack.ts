import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolvedManifests, type KubernetesObject } from "../../support/program";
import { volumeFor } from "../kubernetes/disks";
import { unpackedFile } from "../kubernetes/debian";
import { apply, kubectl } from "../kubernetes/kubectl";
import { ROOT, STATE } from "../kubernetes/paths";
import { run } from "../kubernetes/run";
import { claimsOf } from "./deploy";
import { installGatewayApi } from "./gateway-api";
import { addressOf } from "./pods";
import { withProbes } from "./short-timeouts";
import { nginxConfiguration } from "./stand-ins/controller";
import { TEST_IMAGES } from "./test-images";

/** An installation behind a host, without agents: its own, so that those of the other suites stay as they are. */
export const NAMESPACE = "gocd-access";
export const HOST = "ci.example.com";
/** People with rights of the settings. */
export const OPENER = "opener@example.com";
export const OPERATOR = "operator@example.com";
/** Where proxies are, a pod for each way, and a pod that is nobody. */
export const PROXIES = "ingress-nginx";
export const STRANGER = "gocd-visitor";
/** The certificate's Secret. */
const SECRET = "ci-tls";
const CLASS = "nginx";

/** Files of the proxy and of the certificate, the node's; the proxy's pod finds them at the same path. */
const FOLDER = path.join(STATE, "proxy");
export const CERTIFICATE = path.join(FOLDER, `${SECRET}.crt`);
const NGINX = unpackedFile("nginx/usr/sbin/nginx");

export type Way = "ingress" | "gateway";

/** What the program registers for a host by an Ingress or a Gateway. */
const objectsOf = (way: Way): Promise<KubernetesObject[]> =>
  resolvedManifests(
    {
      stack: "access",
      file: path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml"),
      config: {
        "gocd:roles": { open: [`user:${OPENER}`], operate: [`user:${OPERATOR}`] },
        "gocd:access": { host: HOST, [way]: { class: CLASS, secret: SECRET, from: { namespace: PROXIES } } },
      },
    },
    { state: path.join(STATE, "pulumi-state-access.json") },
  );

const concerns = ({ kind, metadata }: KubernetesObject) =>
  metadata.namespace === NAMESPACE || (kind === "Namespace" && metadata.name === NAMESPACE);

/** Applies the server, with housekeeping and every policy of its namespace, and waits until it is ready. */
export async function deployAccessStack(way: Way): Promise<readonly KubernetesObject[]> {
  const objects = (await objectsOf(way)).filter(concerns).map(startedSoon);
  if (way === "gateway") await installGatewayApi();
  await apply(claimsOf(objects).map(volumeFor));
  await apply([...objects, ...certificate()]);
  await kubectl(["rollout", "status", "-n", NAMESPACE, "statefulset/gocd-server", "--timeout=120s"]);
  return objects;
}

function startedSoon(object: KubernetesObject): KubernetesObject {
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

/** A pod of the image with Node. */
const helper = (name: string, namespace: string, container: object, volumes: readonly object[] = []) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [{ name, image: TEST_IMAGES.server.reference, securityContext: { runAsUser: 0 }, ...container }],
    volumes,
  },
});

/** A pod that runs a program of the node's, on the node's files. */
const nodePod = (name: string, namespace: string, command: readonly string[]) =>
  helper(
    name,
    namespace,
    { command: ["chroot", "/node", ...command], volumeMounts: [{ name: "node", mountPath: "/node" }] },
    [{ name: "node", hostPath: { path: "/" } }],
  );

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

/** Starts a pod of the tests' own in a namespace of its own, and waits until it runs. */
async function startHelper(pod: ReturnType<typeof helper>): Promise<void> {
  const { metadata } = pod;
  await apply([namespace(metadata.namespace)]);
  await apply([pod]);
  await kubectl(["wait", "-n", metadata.namespace, "--for=condition=Ready", `pod/${metadata.name}`, "--timeout=60s"]);
}

/** A pod that no policy selects. */
export const startStranger = (): Promise<void> =>
  startHelper(helper(STRANGER, STRANGER, { command: ["sleep", "1000000"] }));

/** Starts a proxy with what the controller's stand-in makes of the objects, and returns where it is. */
export async function startProxy(way: Way, objects: readonly KubernetesObject[]): Promise<string> {
  const folder = path.join(FOLDER, way);
  for (const name of ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    mkdirSync(path.join(folder, name), { recursive: true });
  // The Service's address, where kube-proxy leads to the pod.
  const server = ["get", "service", "gocd-server", "-n", NAMESPACE, "-o", "jsonpath={.spec.clusterIP}"];
  const configuration = path.join(folder, "nginx.conf");
  const places = { backends: { "gocd-server": (await kubectl(server)).trim() }, folder, certificates: FOLDER };
  writeFileSync(configuration, nginxConfiguration(objects, CLASS, places));
  await run("chroot", ["/", NGINX, "-t", "-q", "-c", configuration]);
  await startHelper(nodePod(way, PROXIES, [NGINX, "-c", configuration]));
  return addressOf(way, PROXIES);
}
