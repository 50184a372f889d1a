import * as gcp from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";

export interface NetworkArgs {
  readonly region: string;
  /** IPv4 ranges that do not overlap: the subnetwork's own, and its secondary ones for pods and Services. */
  readonly ranges: { readonly nodes: string; readonly pods: string; readonly services: string };
  /** Range of an internal load balancer's proxies, where there is one. */
  readonly proxies?: string | undefined;
}

/** Names of the subnetwork's secondary ranges, which the cluster refers to. */
const PODS = "pods";
const SERVICES = "services";

/** A network of its own whose machines have no public addresses and reach the internet through Cloud NAT. */
export class Network extends pulumi.ComponentResource {
  /** Where a cluster goes: network, subnetwork, names of its secondary ranges, and the gateway without which no node can pull. */
  readonly place: {
    readonly network: pulumi.Output<string>;
    readonly subnetwork: pulumi.Output<string>;
    readonly podsRange: string;
    readonly servicesRange: string;
    readonly gateway: gcp.RouterNat;
    readonly proxies?: gcp.Subnetwork;
  };

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:network:Network", name, {}, opts);
    const child = { parent: this };

    // Compute Engine's default MTU, written down because Docker's networks inside the agents must not exceed it.
    const network = new gcp.Network(name, { name, autoCreateSubnetworks: false, mtu: 1460 }, child);
    const subnetwork = new gcp.Subnetwork(
      name,
      {
        name,
        network: network.id,
        region: args.region,
        ipCidrRange: args.ranges.nodes,
        secondaryIpRanges: [
          { rangeName: PODS, ipCidrRange: args.ranges.pods },
          { rangeName: SERVICES, ipCidrRange: args.ranges.services },
        ],
        privateIpGoogleAccess: true,
        logConfig: { aggregationInterval: "INTERVAL_10_MIN", flowSampling: 0.1, metadata: "INCLUDE_ALL_METADATA" },
      },
      child,
    );
    const router = new gcp.Router(name, { name, network: network.id, region: args.region }, child);
    const gateway = new gcp.RouterNat(
      name,
      {
        name,
        router: router.name,
        region: args.region,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
        // Builds open thousands of connections; the static 64 ports per machine run out. Dynamic allocation excludes
        // endpoint-independent mapping (Cloud NAT: "Ports").
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 64,
        maxPortsPerVm: 8192,
        logConfig: { enable: true, filter: "ERRORS_ONLY" },
      },
      child,
    );

    // One for all internal load balancers of a network and region; Google's proxies have their addresses in it.
    const proxies =
      args.proxies === undefined
        ? undefined
        : new gcp.Subnetwork(
            `${name}-proxies`,
            {
              name: `${name}-proxies`,
              network: network.id,
              region: args.region,
              ipCidrRange: args.proxies,
              purpose: "REGIONAL_MANAGED_PROXY",
              role: "ACTIVE",
            },
            child,
          );

    const ranges = { podsRange: PODS, servicesRange: SERVICES };
    this.place = { network: network.id, subnetwork: subnetwork.id, ...ranges, gateway, ...(proxies && { proxies }) };
    this.registerOutputs({ network: network.id, subnetwork: subnetwork.id });
  }
}
