import { gzipSync } from "node:zlib";
import { allowed, type Case, image, type Manifest, named, refused, spelled } from "./case";
import { SOCKETS, METADATA, SOCKET, base64, configMap, custom, typed, pod } from "./texts";

const assign = (location: string, value: unknown): Manifest => ({
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "Assign",
  metadata: { name: "case" },
  spec: { location, parameters: { assign: { value } } },
});

/** Texts that reach their place through something else. */
export const INDIRECT_TEXT_CASES: readonly Case[] = [
  ...refused(
    "review",
    SOCKETS,
    named("the socket", {
      "as a value by its path, of a HelmChart": custom("helm.cattle.io/v1", "HelmChart", {
        chart: "x",
        set: { "agent.volumes[0].hostPath": SOCKET },
      }),
      "as a value by its path, of an Application": custom("argoproj.io/v1alpha1", "Application", {
        source: { helm: { parameters: [{ name: "volumes[0].hostPath.path", value: SOCKET }] } },
      }),
      "that a mutation assigns": assign("spec.volumes[name: x].hostPath.path", SOCKET),
      "in a volume that a mutation assigns": assign("spec.volumes", [{ name: "x", hostPath: { path: "/run" } }]),
      "in a file of a node, as base64": custom("bootstrap.cluster.x-k8s.io/v1beta1", "KubeadmConfig", {
        files: [{ path: "/etc/kubernetes/manifests/a.yaml", encoding: "base64", content: base64(pod(SOCKET)) }],
      }),
      "in a file of a node, as a data URL": custom("machineconfiguration.openshift.io/v1", "MachineConfig", {
        config: { storage: { files: [{ contents: { source: `data:text/plain;base64,${base64(pod(SOCKET))}` } }] } },
      }),
      "in a file of a node, as a data URL with escapes": custom(
        "machineconfiguration.openshift.io/v1",
        "MachineConfig",
        {
          config: { storage: { files: [{ contents: { source: `data:,${encodeURIComponent(pod(SOCKET))}` } }] } },
        },
      ),
      "in a Secret, as gzip": {
        apiVersion: "v1",
        kind: "Secret",
        metadata: METADATA,
        data: { pod: base64(gzipSync(pod(SOCKET))) },
      },
      "in a release of Helm": {
        apiVersion: "v1",
        kind: "Secret",
        metadata: METADATA,
        data: { release: base64(base64(gzipSync(JSON.stringify({ manifest: pod(SOCKET) })))) },
      },
      "in a ConfigMap, as base64": configMap(base64(pod(SOCKET))),
      "in a ConfigMap, as base64 of UTF-16": configMap(Buffer.from(pod(SOCKET), "utf16le").toString("base64")),
    }),
  ),
  ...refused("review", "no-privileged-containers", {
    "privileges that a mutation assigns": assign("spec.containers[name:*].securityContext.privileged", true),
  }),
  ...typed("refused", SOCKETS, {
    "the socket as a value by its path, of a Release": [
      "helm:index/release:Release",
      { chart: "x", sets: [{ name: "agent.volumes[0].hostPath", value: SOCKET }] },
    ],
    "the socket in a Release's file of values that is text": [
      "kubernetes:helm.sh/v3:Release",
      {
        chart: "x",
        valueYamlFiles: [
          { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: pod(SOCKET), hash: "h" },
        ],
      },
    ],
  }),
  ...allowed("review", {
    "a value by its path that is no place of the node": custom("argoproj.io/v1alpha1", "Application", {
      source: { helm: { parameters: [{ name: "persistence.path", value: "/data" }] } },
    }),
    "an image that a mutation assigns": assign("spec.containers[name:*].image", image),
    ...spelled(
      "a default in a schema of",
      ["[]", '[{"name":"v","hostPath":{"path":"/var/run/docker.sock"}}]'],
      (value) => ({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "things.example.com" },
        spec: {
          versions: [
            {
              name: "v1",
              schema: {
                openAPIV3Schema: {
                  properties: { spec: { properties: { volumes: { default: JSON.parse(value) as unknown } } } },
                },
              },
            },
          ],
        },
      }),
    ),
  }),
];
