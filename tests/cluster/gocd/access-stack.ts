import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolvedManifests, type KubernetesObject } from "../../support/program";
import { volumeFor } from "../kubernetes/disks";
import { unpackedFile } from "../kubernetes/debian";
import { apply, kubectl, remove } from "../kubernetes/kubectl";
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
/** Where the proxy is, and a pod that is nobody. */
export const PROXY = "ingress-nginx";
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
        "gocd:access": { host: HOST, [way]: { class: CLASS, secret: SECRET, from: { namespace: PROXY } } },
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

/** A certificate of our own for the host, in the Secret that the settings name. */
function certificate(): object[] {
  mkdirSync(FOLDER, { recursive: true });
  const key = path.join(FOLDER, `${SECRET}.key`);
  const subject = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-keyout", key, "-out", CERTIFICATE, ...subject],
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const read = (file: string) => spawnSync("cat", [file]).stdout.toString();
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: SECRET, namespace: NAMESPACE },
      stringData: { "tls.crt": read(CERTIFICATE), "tls.key": read(key) },
    },
  ];
}

/** A pod that sees the node's files, for the proxy's program and its configuration. */
const nodePod = (name: string, command: readonly string[], securityContext: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: name },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name,
        image: TEST_IMAGES.server.reference,
        command,
        securityContext: { runAsUser: 0, ...securityContext },
        ...(name === PROXY && { volumeMounts: [{ name: "node", mountPath: "/node" }] }),
      },
    ],
    ...(name === PROXY && { volumes: [{ name: "node", hostPath: { path: "/" } }] }),
  },
});

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

/** What the tests make beside the program's objects. */
const HELPERS = [namespace(PROXY), namespace(STRANGER)];

/** Starts a visitor who is nobody, and the proxy with what the controller's stand-in makes of the objects. */
export async function startProxy(objects: readonly KubernetesObject[]): Promise<void> {
  // The Service's address, where kube-proxy leads to the pod.
  const { stdout } = {
    stdout: await kubectl(["get", "service", "gocd-server", "-n", NAMESPACE, "-o", "jsonpath={.spec.clusterIP}"]),
  };
  for (const name of ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    mkdirSync(path.join(FOLDER, name), { recursive: true });
  writeFileSync(
    path.join(FOLDER, "nginx.conf"),
    nginxConfiguration(objects, CLASS, { "gocd-server": stdout.trim() }, FOLDER),
  );
  await run("chroot", ["/", NGINX, "-t", "-q", "-c", path.join(FOLDER, "nginx.conf")]);
  await kubectl(["delete", "pod", PROXY, "-n", PROXY, "--ignore-not-found", "--wait=true"]);
  const serve = nodePod(PROXY, ["chroot", "/node", NGINX, "-c", path.join(FOLDER, "nginx.conf")]);
  await apply(HELPERS);
  await apply([serve, nodePod(STRANGER, ["sleep", "1000000"])]);
  for (const name of [PROXY, STRANGER])
    await kubectl(["wait", "-n", name, "--for=condition=Ready", `pod/${name}`, "--timeout=60s"]);
}

/** Removes all of it; the volumes too, which would remember the claims that are gone. */
export async function removeAccessStack(): Promise<void> {
  await remove([...HELPERS, namespace(NAMESPACE)]);
  await remove(claimsOf((await objectsOf("ingress")).filter(concerns)).map(volumeFor));
  rmSync(FOLDER, { recursive: true, force: true });
}

export const proxyAddress = (): Promise<string> => addressOf(PROXY, PROXY);
