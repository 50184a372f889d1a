import { readdirSync } from "node:fs";
import { ROOT, type StackSource } from "./program";

/** Stacks whose settings are in the repository. */
export const committedStacks: readonly string[] = readdirSync(ROOT)
  .flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? [])
  .sort();

const DIGEST = "0123456789abcdef".repeat(4);
const prebuilt = Object.fromEntries(
  ["server", "agent", "dind", "housekeeping"].map((image) => [
    image,
    `registry.example/gocd/${image}@sha256:${DIGEST}`,
  ]),
);

/** Each way in which the program can be set up, as a change of the dev stack. */
export const variants = {
  /** A new GKE cluster, images built and pushed: what the dev stack is. */
  "a cluster of its own": {},
  /** Somebody's GKE cluster, with node pools for GoCD: disks of Google, images from elsewhere. */
  "an existing GKE cluster": {
    config: {
      "gocd:cluster": {
        existing: { context: "gke", serverPlacement: { nodeSelector: { "cloud.google.com/gke-nodepool": "gocd" } } },
      },
      "gocd:agents": {
        docker: {
          replicas: 2,
          resources: ["docker"],
          environments: ["docker"],
          placement: {
            nodeSelector: { "cloud.google.com/gke-nodepool": "gocd-agents", "cloud.google.com/gke-spot": "true" },
            tolerations: [{ key: "cloud.google.com/gke-spot", value: "true", effect: "NoSchedule" }],
          },
        },
      },
      "gocd:images": { prebuilt },
    },
  },
  /** Any other Kubernetes: everything comes from a storage class. */
  "another Kubernetes": {
    config: {
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:images": { prebuilt },
    },
    without: ["gcp:project", "gcp:region", "gcp:zone"],
  },
  /** The same, with images built and pushed to a registry of one's own, and Git over SSH, and pods with additions of one's own. */
  "another Kubernetes and registry": {
    config: {
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:images": {
        registry: "registry.example:5000/team",
        username: "pusher",
        bases: "registry.example:5000/mirror",
      },
      "gocd:company": {
        proxy: { url: "http://10.9.8.7:3128", direct: [".corp.example"] },
        certificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        insecureRegistries: ["registry.corp.example:5000"],
        pullSecrets: ["pull"],
      },
      "gocd:agents": {
        docker: {
          resources: ["docker"],
          runtime: "gvisor",
          logins: ["ghcr.io"],
          pod: {
            env: { MAVEN_OPTS: "-Xmx1g", NPM_TOKEN: { secret: "npm", key: "token" } },
            volumes: {
              settings: { mountPath: "/home/go/.m2", configMap: "maven" },
              shared: { mountPath: "/mnt/shared", empty: "1Gi" },
            },
            hostAliases: { "10.0.0.7": ["git.example"] },
            labels: { team: "build" },
            annotations: { "example.com/owner": "Team build" },
            sidecars: {
              database: { image: `registry.example/postgres@sha256:${DIGEST}`, env: { PGDATA: "/mnt/shared/data" } },
            },
          },
        },
      },
    },
    secrets: {
      "gocd:registryPassword": "canary-Of-The-Registry-4Kd",
      "gocd:dockerLogins": "ghcr.io robot canary-Of-The-Jobs-5Wd",
      "gocd:gitSshKeys": "canary-Of-Git-9Lm",
      "gocd:gitKnownHosts": "git.example ssh-ed25519 canary-Of-Hosts-2Xp",
    },
    without: ["gcp:project", "gcp:region", "gcp:zone"],
  },
  /** An address of the internet, where people pass IAP and machines have a list of their own. */
  "people behind IAP": {
    config: {
      "gocd:access": {
        host: "ci.example.com",
        google: {
          allow: ["203.0.113.0/24", "198.51.100.7/32"],
          iap: { clientId: "1234-ab.apps.googleusercontent.com", members: ["group:developers@example.com"] },
          machines: { allow: ["192.0.2.0/24"] },
        },
      },
    },
    secrets: { "gocd:iapClientSecret": "canary-Of-The-Client-9Xq" },
  },
  /** An address that only the network reaches, and data in more than one zone. */
  "inside the network": {
    config: {
      "gocd:access": { host: "ci.example.com", google: { address: "internal" } },
      "gocd:server": { replicaZone: "us-central1-b" },
      "gocd:backup": { location: "nam4" },
    },
  },
  /** A controller that the cluster has, and a certificate that somebody has made. */
  "behind an Ingress": {
    config: {
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:images": { prebuilt },
      "gocd:access": {
        host: "ci.example.com",
        ingress: { class: "nginx", secret: "ci-tls", from: { namespace: "ingress-nginx" } },
      },
    },
    without: ["gcp:project", "gcp:region", "gcp:zone"],
  },
  /** A Gateway of a class that the cluster has, and a certificate of cert-manager's; people with rights, and agents of their own. */
  "behind a Gateway": {
    config: {
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:images": { prebuilt },
      "gocd:server": { agentNamespaces: ["desk"] },
      "gocd:roles": { open: ["group:developers@example.com"], operate: ["user:kim@example.com"] },
      "gocd:access": {
        host: "ci.example.com",
        gateway: { class: "envoy", clusterIssuer: "letsencrypt", from: { namespace: "envoy-gateway-system" } },
      },
    },
    without: ["gcp:project", "gcp:region", "gcp:zone"],
  },
  /** Agents on Arm, beside others, with claims of Hyperdisk and users of their pods' own. */
  "pools of two processors": {
    config: {
      "gocd:agents": {
        docker: { resources: ["docker"], environments: ["docker"] },
        arm: { runtime: "userns", nodes: { machineType: "c4a-standard-8" } },
      },
    },
  },
  /** Pools that differ, some on nodes of their own. */
  "several pools": { stack: "pools" },
} as const satisfies Record<string, StackSource>;
