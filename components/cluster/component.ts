import * as artifactregistry from "@pulumi/gcp/artifactregistry";
import * as gcp from "@pulumi/gcp/container";
import * as projects from "@pulumi/gcp/projects";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import { Provider } from "@pulumi/kubernetes/provider";
import * as storage from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../kubernetes/placement";
import { existingPlacement, type ExistingPlacement } from "./existing";
import { clusterArgs, hyperdiskClass, kubeconfig, nodePoolArgs, placement, type ClusterSpec, type Nodes } from "./gke";

interface NodeSpec {
  readonly machineType: string;
  /** Boot disk, such as `50Gi`. */
  readonly disk: string;
  /** Type of the boot disk. Default: GKE's own for the machine. */
  readonly diskType?: string | undefined;
  /** Most nodes that the autoscaler may start. */
  readonly max: number;
}

export interface ClusterArgs extends Omit<ClusterSpec, "name"> {
  readonly serverNodes: Omit<NodeSpec, "max">;
  /** Nodes of every pool of agents that has none of its own. */
  readonly agentNodes: NodeSpec & { readonly spot: boolean };
  /** Nodes of one pool alone, by pool. */
  readonly poolNodes: { readonly [pool: string]: NodeSpec & { readonly spot: boolean } };
  /** Pools whose nodes have Arm processors. */
  readonly arm64: readonly string[];
  /** Pools whose pods must write their cgroup. */
  readonly userns: readonly string[];
  /** Whether claims of a pool must be made of Hyperdisk. */
  readonly hyperdisk: boolean;
  /** The repository that nodes pull this program's images from; undefined if they come from elsewhere. */
  readonly repository?: { readonly location: string; readonly name: pulumi.Input<string> } | undefined;
  /** The network's way to the internet, without which a new node cannot pull. */
  readonly gateway: pulumi.Resource;
  /** Where an internal load balancer has its proxies, without which none can be made. */
  readonly proxies?: pulumi.Resource;
}

/** Who nodes are to Google, and what makes them more than a name. */
interface NodeAccount {
  readonly account: serviceaccount.Account;
  readonly roles: readonly pulumi.Resource[];
}

/** Where pods of either kind go. */
interface Placements {
  readonly server: Placement;
  readonly agents: (pool: string) => Placement;
}

/** A GKE cluster with a pool for the server, in the disks' zone, and one for agents. */
export class Cluster extends pulumi.ComponentResource {
  /** Registers objects in the cluster; gone before the nodes are. */
  readonly kubernetes: Provider;
  /** The command that makes `kubectl` talk to this cluster. */
  readonly connect: pulumi.Output<string>;
  readonly placement: Placements;
  /** Class of claims that are made of Hyperdisk, where there are any. */
  readonly hyperdisk?: pulumi.Output<string>;
  /** Makes the project's Workload Identity pool, if it is the first cluster there that has one. */
  readonly identityPool: pulumi.Resource;
  /** Where nodes have their addresses. */
  readonly subnetwork: pulumi.Input<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:cluster:Cluster", name, {}, opts);
    const child = { parent: this };
    const nodesOf = (pool: string): Nodes => (pool in args.poolNodes ? `agents-${pool}` : "agents");
    this.placement = {
      server: placement("server"),
      agents: (pool) => placement(nodesOf(pool), args.arm64.includes(pool)),
    };

    const server = this.nodeAccount(`${name}-server`, args);
    const agents = this.nodeAccount(`${name}-agents`, args);

    const cluster = new gcp.Cluster(name, clusterArgs({ ...args, name }, server.account.email), {
      parent: this,
      // No value of these is an argument, yet nodes need them: a way out, and what their account may do.
      dependsOn: [args.gateway, ...(args.proxies ? [args.proxies] : []), ...server.roles],
      // The ranges are taken as long as the old cluster lives.
      deleteBeforeReplace: true,
      // The boot pool is gone after the first minutes, and its settings read back empty.
      ignoreChanges: ["nodeConfig", "initialNodeCount"],
      customTimeouts: { create: "45m", update: "60m", delete: "45m" },
    });
    this.identityPool = cluster;
    this.subnetwork = args.subnetwork;
    const writableCgroups = new Set(args.userns.map(nodesOf));
    const nodePool = (nodes: Nodes, spec: NodeSpec, { account, roles }: NodeAccount, least: number, spot: boolean) =>
      new gcp.NodePool(
        `${name}-${nodes.replace(/^agents-/, "")}`,
        nodePoolArgs({
          nodes,
          spot,
          ...spec,
          writableCgroups: writableCgroups.has(nodes),
          cluster: cluster.id,
          location: args.location,
          serviceAccount: account.email,
          least,
        }),
        // The autoscaler and automatic upgrades own these.
        { parent: this, dependsOn: [...roles], ignoreChanges: ["initialNodeCount", "version"] },
      );
    const pools = [
      nodePool("server", { ...args.serverNodes, max: 2 }, server, 1, false),
      nodePool("agents", args.agentNodes, agents, 0, args.agentNodes.spot),
      ...Object.entries(args.poolNodes).map(([pool, nodes]) =>
        nodePool(`agents-${pool}`, nodes, agents, 0, nodes.spot),
      ),
    ];

    const host = cluster.controlPlaneEndpointsConfig.apply((config) => config.dnsEndpointConfig.endpoint);
    this.kubernetes = new Provider(
      name,
      {
        kubeconfig: host.apply(kubeconfig),
        // Without it a kubeconfig that is unknown at preview replaces the provider, and every object with it.
        clusterIdentifier: cluster.id,
        // A changed Secret or ConfigMap is an update, not a new object under a new name.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      // On the way down objects go before the nodes that run them.
      { ...child, dependsOn: pools },
    );
    if (args.hyperdisk) {
      const onIt = { parent: this, provider: this.kubernetes };
      this.hyperdisk = new storage.StorageClass(`${name}-hyperdisk`, hyperdiskClass(name), onIt).metadata.name;
    }
    this.connect = pulumi.interpolate`gcloud container clusters get-credentials ${cluster.name} --location ${args.location} --project ${args.project} --dns-endpoint`;
    this.registerOutputs({ connect: this.connect });
  }

  /** An account for nodes, with the one role Google names as the minimum and the right to pull from the repository. */
  private nodeAccount(accountId: string, { project, repository }: ClusterArgs): NodeAccount {
    const child = { parent: this };
    const account = new serviceaccount.Account(
      accountId,
      { accountId, displayName: `GKE nodes of ${accountId}` },
      child,
    );
    const member = pulumi.interpolate`serviceAccount:${account.email}`;
    const role = "roles/container.defaultNodeServiceAccount";
    const roles: pulumi.Resource[] = [new projects.IAMMember(accountId, { project, role, member }, child)];
    if (repository) {
      const { location, name } = repository;
      const puller = { project, location, repository: name, role: "roles/artifactregistry.reader", member };
      roles.push(new artifactregistry.RepositoryIamMember(accountId, puller, child));
    }
    return { account, roles };
  }
}

export interface ExistingClusterArgs {
  /** Context of the kubeconfig in `KUBECONFIG`, or in the home directory. */
  readonly context: string;
  /** Where server and housekeeping go. Default: wherever there is room. */
  readonly serverPlacement?: ExistingPlacement | undefined;
  /** Where the agents of a pool go, by pool. Default: wherever there is room. */
  readonly poolPlacements: { readonly [pool: string]: ExistingPlacement };
}

/** A cluster that somebody else made: only a provider for it. */
export class ExistingCluster extends pulumi.ComponentResource {
  readonly kubernetes: Provider;
  readonly connect: pulumi.Output<string>;
  readonly placement: Placements;
  /** Whoever made the cluster has made it. */
  readonly identityPool = undefined;
  readonly subnetwork = undefined;
  readonly hyperdisk = undefined;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:cluster:ExistingCluster", name, {}, opts);
    this.placement = {
      server: existingPlacement(args.serverPlacement),
      agents: (pool) => existingPlacement(args.poolPlacements[pool]),
    };
    this.kubernetes = new Provider(
      name,
      {
        context: args.context,
        clusterIdentifier: args.context,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    // Only asked for: a context that does not exist, or a cluster that does not answer, then fails the preview and not the middle of `up`.
    new SystemNamespace(name, { parent: this, provider: this.kubernetes });
    this.connect = pulumi.interpolate`kubectl config use-context ${args.context}`;
    this.registerOutputs({ connect: this.connect });
  }
}

const SYSTEM = "kube-system";

/** The namespace that every cluster has; it is read, not made. */
class SystemNamespace extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    // `Namespace.get` states no arguments, and then every refresh finds some and says that it has changed.
    const found = { apiVersion: "v1", kind: "Namespace", metadata: { name: SYSTEM } };
    super("kubernetes:core/v1:Namespace", name, found, pulumi.mergeOptions(opts, { id: SYSTEM }));
  }
}
