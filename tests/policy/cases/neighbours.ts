import { allowed, type Case, type Manifest, refused, withHostPath } from "./case";

const SOCKETS = "no-runtime-sockets";
const METADATA = { name: "case", namespace: "shop" };
const SOCKET = "/var/run/docker.sock";
const configMap = (data: Manifest): Manifest => ({ apiVersion: "v1", kind: "ConfigMap", metadata: METADATA, data });
const openEbs = (folder: string): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: "case",
    annotations: {
      "cas.openebs.io/config": `- name: StorageType\n  value: hostpath\n- name: BasePath\n  value: "${folder}"\n`,
    },
  },
  provisioner: "example.com/local",
});
/** A definition whose schema gives one property a default. */
const defaulting = (properties: Manifest): Manifest => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "cases.example.com" },
  spec: { versions: [{ name: "v1", schema: { openAPIV3Schema: { properties: { spec: { properties } } } } }] },
});
const plugin = (expect: Case["expect"], rule: string, grants: Readonly<Record<string, Manifest>>): readonly Case[] =>
  Object.entries(grants).map(([name, grant]) => ({
    name: `a Docker plug-in that is granted ${name}`,
    object: { grantPermissions: [grant] },
    type: "docker:index/plugin:Plugin",
    tags: "review",
    expect,
    ...(expect === "refused" && { rule }),
  }));

/** What stands next to other cases, as public charts and programs write it. */
export const NEIGHBOUR_CASES: readonly Case[] = [
  ...refused("review", SOCKETS, {
    "options of a Jenkinsfile's agent behind a semicolon": configMap({
      Jenkinsfile: `pipeline { agent { docker { image 'x'; args '-v ${SOCKET}:${SOCKET}' } } }`,
    }),
    "a folder of the node in OpenEBS' parameters": openEbs("/var/run"),
    "a user's kubeconfig": withHostPath("/home/me/.kube"),
    "a user's keys": withHostPath("/home/me/.ssh/authorized_keys"),
    "a path longer than any that Linux takes": withHostPath(`/srv${"/a".repeat(2100)}`),
    "a runtime's socket behind broken documents": configMap({
      a: `a: [\n---\napiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - hostPath:\n      path: ${SOCKET}\n`,
    }),
  }),
  ...allowed("review", {
    "options of a Jenkinsfile's agent for a folder of its own": configMap({
      Jenkinsfile: "pipeline { agent { docker { image 'x'; args '-v /srv/m2:/root/.m2' } } }",
    }),
    "a folder of its own in OpenEBS' parameters": openEbs("/srv/openebs"),
    "a database's settings with a socket": configMap({ "my.cnf": "[mysqld]\nsocket=/var/run/mysqld/mysqld.sock\n" }),
    "a schema's default of a path on a node": defaulting({
      hostPath: { properties: { path: { type: "string", default: SOCKET } } },
    }),
    "a schema's default of a host namespace": defaulting({ hostPID: { type: "boolean", default: true } }),
    "a schema's default of a number": defaulting({ replicas: { type: "integer", default: 1 } }),
  }),
  ...plugin("refused", "no-host-namespaces", {
    "the network": { name: "network", values: ["host"] },
    "the processes": { name: "pidhost", values: ["true"] },
  }),
  ...plugin("refused", "no-privileged-containers", {
    "a capability": { name: "capabilities", values: ["CAP_SYS_ADMIN"] },
    "all devices": { name: "allow-all-devices", values: ["true"] },
  }),
  ...plugin("allowed", "", {
    "a network of its own": { name: "network", values: ["bridge"] },
    "a capability of a server": { name: "capabilities", values: ["CAP_NET_BIND_SERVICE"] },
    "no devices": { name: "allow-all-devices", values: ["false"] },
  }),
];
