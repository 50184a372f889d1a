// What the suites of a host put beside the program's objects: proxies, a directory, and a pod that is nobody.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { KubernetesObject } from "../../support/program";
import { unpackedFile } from "../kubernetes/debian";
import { apply, kubectl } from "../kubernetes/kubectl";
import { run } from "../kubernetes/run";
import { CERTIFICATE, CLASS, DESK, FOLDER, HOST, NAMESPACE, PROXIES, type Way } from "./access-stack";
import { addressOf } from "./pods";
import { nginxConfiguration } from "./stand-ins/controller";
import { standInTag, TEST_IMAGES } from "./test-images";

const NGINX = unpackedFile("nginx/usr/sbin/nginx");
/** A pod that no policy selects, and its namespace. */
export const STRANGER = "gocd-visitor";

/** A pod of the image with Node. */
export const helper = (name: string, namespace: string, container: object, volumes: readonly object[] = []) => ({
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

/** A pod that runs a program of the node's, on the node's files; it is ready when it listens. */
export const nodePod = (name: string, namespace: string, command: readonly string[], port: number) =>
  helper(
    name,
    namespace,
    {
      command: ["chroot", "/node", ...command],
      volumeMounts: [{ name: "node", mountPath: "/node" }],
      readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    },
    [{ name: "node", hostPath: { path: "/" } }],
  );

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

/** Starts a pod of the tests' own in a namespace of its own, and waits until it runs. */
export async function startHelper(pod: ReturnType<typeof helper>): Promise<void> {
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
  await startHelper(nodePod(way, PROXIES, [NGINX, "-c", configuration], 443));
  return addressOf(way, PROXIES);
}

/**
 * Starts an agent as somebody attaches one, from the image that is not ours: all that it knows is the host, its certificate and what
 * `environment` says.
 */
export async function attachAgent(
  name: string,
  { proxy, environment }: { readonly proxy: string; readonly environment: Readonly<Record<string, string>> },
): Promise<void> {
  const env = { GO_SERVER_URL: `https://${HOST}/go`, NODE_EXTRA_CA_CERTS: "/host/ca.pem", ...environment };
  const container = {
    image: standInTag("agent"),
    imagePullPolicy: "Never",
    securityContext: { runAsUser: 1000 },
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    volumeMounts: [{ name: "host", mountPath: "/host" }],
  };
  const pod = helper(name, DESK, container, [{ name: "host", configMap: { name } }]);
  await apply([namespace(DESK)]);
  const data = { "ca.pem": readFileSync(CERTIFICATE, "utf8") };
  await apply([{ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: DESK }, data }]);
  await startHelper({ ...pod, spec: { ...pod.spec, ...{ hostAliases: [{ ip: proxy, hostnames: [HOST] }] } } });
}
