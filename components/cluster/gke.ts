import type * as gcp from "@pulumi/gcp/container";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../kubernetes/placement";
import { gibibytes } from "../../kubernetes/quantities";

/**
 * The taint that keeps everything but GKE's own pods, which tolerate it, and this program's server off the server's node: in
 * a cluster whose every node is tainted GKE's pods would find no place (GKE: "Isolate workloads in dedicated node pools").
 */
const SERVER_TAINT = { key: "components.gke.io/gke-managed-components", value: "true" } as const;

/** The taint of the agents' nodes. A job owns its node, so nothing else may be there. */
const AGENTS_TAINT = { key: "gocd-on-kubernetes/agents", value: "true" } as const;

/** The label that distinguishes the node pools; pods select their nodes by it. */
const NODES_LABEL = "gocd-on-kubernetes/nodes";

/** The nodes' label: `server`, `agents`, or `agents-<pool>` for nodes of one pool alone. */
export type Nodes = "server" | "agents" | `agents-${string}`;

const taintOf = (nodes: Nodes) => (nodes === "server" ? SERVER_TAINT : AGENTS_TAINT);

/** GKE's own taint of nodes with Arm processors ("Prepare to deploy an Arm workload in a Standard cluster"). */
const ARM_TAINT = { key: "kubernetes.io/arch", value: "arm64" } as const;

/** Sends a pod to its nodes, past their taints. */
export function placement(nodes: Nodes, arm64 = false): Placement {
  const taints = [taintOf(nodes), ...(arm64 ? [ARM_TAINT] : [])];
  return {
    nodeSelector: { [NODES_LABEL]: nodes },
    tolerations: taints.map((taint) => ({ ...taint, operator: "Equal", effect: "NoSchedule" })),
  };
}

/** For claims of machines that take no other disks than Hyperdisk; GKE's own classes make none (CSI driver: `type`). */
export function hyperdiskClass(name: string) {
  return {
    metadata: { name: `${name}-hyperdisk` },
    provisioner: "pd.csi.storage.gke.io",
    parameters: { type: "hyperdisk-balanced" },
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
  } satisfies k8s.types.input.storage.v1.StorageClass;
}

export interface ClusterSpec {
  readonly name: string;
  readonly project: string;
  /** A zone: one zonal control plane is free of charge, and the disks are in that zone anyway. */
  readonly location: string;
  readonly releaseChannel: string;
  readonly network: pulumi.Input<string>;
  readonly subnetwork: pulumi.Input<string>;
  readonly podsRange: string;
  readonly servicesRange: string;
  /** Whether GKE makes load balancers of Gateways. */
  readonly gatewayApi: boolean;
}

/** Arguments of the cluster; the reasons for the less obvious values stand beside them. */
export function clusterArgs(spec: ClusterSpec, bootServiceAccount: pulumi.Input<string>) {
  return {
    name: spec.name,
    location: spec.location,
    // What must survive is a disk of its own; the cluster may go.
    deletionProtection: false,
    network: spec.network,
    subnetwork: spec.subnetwork,
    networkingMode: "VPC_NATIVE",
    ipAllocationPolicy: {
      clusterSecondaryRangeName: spec.podsRange,
      servicesSecondaryRangeName: spec.servicesRange,
      stackType: "IPV4",
    },
    datapathProvider: "ADVANCED_DATAPATH",
    enableIntranodeVisibility: true,
    // With the IP endpoints off the API reports a private endpoint, whatever was asked for.
    privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: true, enableK8sTokensViaDns: false, enableK8sCertsViaDns: false },
      ipEndpointsConfig: { enabled: false },
    },
    workloadIdentityConfig: { workloadPool: `${spec.project}.svc.id.goog` },
    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    anonymousAuthenticationConfig: { mode: "LIMITED" },
    rbacBindingConfig: {
      enableInsecureBindingSystemAuthenticated: false,
      enableInsecureBindingSystemUnauthenticated: false,
    },
    enableLegacyAbac: false,
    enableShieldedNodes: true,
    serviceExternalIpsConfig: { enabled: false },
    securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
    releaseChannel: { channel: spec.releaseChannel },
    maintenancePolicy: {
      // Times in UTC, or the API's answer would always differ.
      recurringWindow: {
        startTime: "2026-01-03T02:00:00Z",
        endTime: "2026-01-03T08:00:00Z",
        recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
      },
    },
    dnsConfig: { clusterDns: "CLOUD_DNS", clusterDnsScope: "CLUSTER_SCOPE" },
    addonsConfig: {
      networkPolicyConfig: { disabled: true },
      gcePersistentDiskCsiDriverConfig: { enabled: true },
      dnsCacheConfig: { enabled: true },
    },
    ...(spec.gatewayApi && { gatewayApiConfig: { channel: "CHANNEL_STANDARD" } }),
    loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS"] },
    monitoringConfig: {
      enableComponents: ["SYSTEM_COMPONENTS", "STORAGE", "POD", "STATEFULSET"],
      managedPrometheus: { enabled: true },
    },
    costManagementConfig: { enabled: true },
    nodePoolDefaults: {
      nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" },
    },
    resourceLabels: { "gocd-stack": spec.name },
    // GKE insists on an initial node pool; it is removed at once, but until then it needs an account that exists.
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    nodeConfig: {
      serviceAccount: bootServiceAccount,
      // GKE's default of 100 GB counts towards the quota of fast disks, of which a new account has little.
      diskSizeGb: 20,
      diskType: "pd-standard",
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    },
  } satisfies gcp.ClusterArgs;
}

export interface NodePoolSpec {
  readonly cluster: pulumi.Input<string>;
  /** Where control plane and nodes are: the zone of the disks. */
  readonly location: string;
  readonly serviceAccount: pulumi.Input<string>;
  readonly machineType: string;
  /** Boot disk, such as `50Gi`. */
  readonly disk: string;
  /** Type of the boot disk. Default: GKE's own for the machine. */
  readonly diskType?: string | undefined;
  readonly spot: boolean;
  /** Whether pods that ask for it may write their cgroup. */
  readonly writableCgroups: boolean;
  readonly nodes: Nodes;
  /** Bounds of the autoscaler. */
  readonly least: number;
  readonly max: number;
}

/** Arguments of a node pool. It has no name, so that a pool that must be replaced is made before the old one goes. */
export function nodePoolArgs(spec: NodePoolSpec) {
  return {
    cluster: spec.cluster,
    location: spec.location,
    nodeLocations: [spec.location],
    initialNodeCount: spec.least,
    autoscaling: {
      totalMinNodeCount: spec.least,
      totalMaxNodeCount: spec.max,
      locationPolicy: spec.spot ? "ANY" : "BALANCED",
    },
    management: { autoRepair: true, autoUpgrade: true },
    upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
    networkConfig: { enablePrivateNodes: true },
    nodeConfig: {
      machineType: spec.machineType,
      spot: spec.spot,
      diskSizeGb: gibibytes(spec.disk),
      ...(spec.diskType !== undefined && { diskType: spec.diskType }),
      imageType: "COS_CONTAINERD",
      serviceAccount: spec.serviceAccount,
      // Access is decided by the account's roles; scopes narrower than this only confuse.
      oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      labels: { [NODES_LABEL]: spec.nodes },
      taints: [{ ...taintOf(spec.nodes), effect: "NO_SCHEDULE" }],
      metadata: { "disable-legacy-endpoints": "true" },
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      workloadMetadataConfig: { mode: "GKE_METADATA" },
      gvnic: { enabled: true },
      kubeletConfig: {
        insecureKubeletReadonlyPortEnabled: "FALSE",
        cpuManagerPolicy: "none",
        // Out of memory one process of a job is killed, and not the daemon with all that runs in it.
        ...(spec.nodes !== "server" && { singleProcessOomKill: true }),
        // The most that Google allows before it takes a spot machine back (GKE 1.35 or newer; before that, 30 in all). System pods
        // have the last 15, so that all others have 105.
        ...(spec.spot && { shutdownGracePeriodSeconds: 120, shutdownGracePeriodCriticalPodsSeconds: 15 }),
      },
      linuxNodeConfig: { cgroupMode: "CGROUP_MODE_V2" },
      ...(spec.writableCgroups && { containerdConfig: { writableCgroups: { enabled: true } } }),
    },
  } satisfies gcp.NodePoolArgs;
}

/**
 * A kubeconfig for the DNS endpoint. It carries no CA: a Google front end serves that endpoint with a public certificate, and
 * the cluster's own CA would not match it. The plugin speaks only v1beta1.
 */
export function kubeconfig(host: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "gke",
    clusters: [{ name: "gke", cluster: { server: `https://${host}` } }],
    contexts: [{ name: "gke", context: { cluster: "gke", user: "gke" } }],
    users: [
      {
        name: "gke",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            args: ["--use_application_default_credentials"],
            interactiveMode: "Never",
            provideClusterInfo: true,
          },
        },
      },
    ],
  });
}
