// What the installation in the company's network is made of.
import { AGENTS_NAMESPACE, SERVER_SETTINGS, type PoolChange } from "../../deploy";
import { JVM_CLAIM } from "./jvm";
import { authority, FILES, INSECURE, MIRROR, PLUGIN_CHECKSUM, PRIVATE, PRIVATE_USER, PROXY_URL } from "./network";
import { PULL_SECRET } from "./pull-secret";

const metadata = (name: string) => ({ name, namespace: AGENTS_NAMESPACE });

/** A Secret and a config map of somebody's own, by one name. */
const OWN = "own";
export const OWN_OBJECTS = [
  { apiVersion: "v1", kind: "Secret", metadata: metadata(OWN), stringData: { token: "of a secret" } },
  { apiVersion: "v1", kind: "ConfigMap", metadata: metadata(OWN), data: { greeting: "of a config map" } },
];
/** Every kind of field that people add to the pods of a pool. */
const podFields = (sidecar: string) => ({
  env: { PLAIN: "of the settings", TOKEN: { secret: OWN, key: "token" } },
  volumes: {
    claim: { mountPath: "/mnt/claim", claim: JVM_CLAIM },
    secret: { mountPath: "/mnt/secret", secret: OWN },
    config: { mountPath: "/mnt/config", configMap: OWN },
    scratch: { mountPath: "/mnt/scratch", empty: "10Mi" },
  },
  hostAliases: { "192.0.2.7": ["git.example.com"] },
  labels: { team: "build" },
  annotations: { "example.com/owner": "Team build" },
  sidecars: {
    files: {
      image: sidecar,
      command: ["busybox", "httpd", "-f", "-p", "127.0.0.1:8000", "-h", "/mnt/config"],
      memory: "64Mi",
    },
  },
});

/** A host that only the pool asks without the proxy. */
export const DIRECT_OF_POOL = "direct.example.com";

/**
 * An installation with one agent in a company's network.
 *
 * @param sidecar image of the sidecar, which only {@link PULL_SECRET} pulls.
 */
export const settings = (gitSshKeys: string, gitKnownHosts: string, sidecar: string): PoolChange => ({
  secrets: {
    "gocd:gitSshKeys": gitSshKeys,
    "gocd:gitKnownHosts": gitKnownHosts,
    "gocd:dockerLogins": `${PRIVATE} ${PRIVATE_USER.name} ${PRIVATE_USER.password}`,
  },
  replicas: 1,
  pod: podFields(sidecar),
  dind: { mirrors: [`https://${MIRROR}`] },
  logins: [PRIVATE],
  // In place of the installation's.
  company: {
    proxy: { url: PROXY_URL, direct: [DIRECT_OF_POOL] },
    certificates: authority(),
    insecureRegistries: [INSECURE],
    pullSecrets: [PULL_SECRET],
  },
  stack: {
    "gocd:company": { proxy: { url: PROXY_URL }, certificates: authority() },
    "gocd:server": {
      ...SERVER_SETTINGS,
      plugins: { hello: { url: `https://${FILES}/plugin.jar`, sha256: PLUGIN_CHECKSUM } },
    },
  },
});
