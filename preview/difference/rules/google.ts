import { fields, forAMoment, type TypeRules } from "./rule";

/** Fields of nodes that GKE fixes when it makes the pool (terraform-provider-google, services/container/node_config.go). */
const FIXED_NODE_FIELDS = `guestAccelerators localSsdCount ephemeralStorageLocalSsdConfig localNvmeSsdBlockConfig
  secondaryBootDisks metadata minCpuPlatform oauthScopes preemptible reservationAffinity spot serviceAccount
  shieldedInstanceConfig sandboxConfig bootDiskKmsKey nodeGroup advancedMachineFeatures soleTenantConfig
  hostMaintenancePolicy confidentialNodes.confidentialInstanceType enableConfidentialStorage localSsdEncryptionMode
  maxRunDuration flexStart`;

/** Fields that GKE changes by making each node anew (GKE: "Update node pool settings"). */
const NODES_ANEW = `machineType diskSizeGb diskType bootDisk imageType kubeletConfig linuxNodeConfig gcfsConfig gvnic
  workloadMetadataConfig containerdConfig`;

const nodesAnew = (field: string) => ({
  field,
  effect: "GKE makes the pool's nodes anew, one after the other: their pods move",
});

const RANGE_IN_USE = "Google refuses to change or drop a range that a cluster uses";

/** What replaces resources of Google's provider, from `ForceNew` in the sources of terraform-provider-google 7. */
export const GOOGLE: Readonly<Record<string, TypeRules>> = {
  "gcp:compute/disk:Disk": {
    replaces: [
      ...fields(`name type zone snapshot image description architecture asyncPrimaryDisk diskEncryptionKey
        enableConfidentialCompute guestOsFeatures licenses params physicalBlockSizeBytes sourceDisk
        sourceImageEncryptionKey sourceInstantSnapshot sourceSnapshotEncryptionKey sourceStorageObject storagePool
        project`),
      { field: "size", when: "shrinks" },
    ],
    follows: [
      { field: "size", effect: "grows in place; the file system follows when the pod that uses it starts again" },
    ],
    destroyed: "everything on the disk: the new one is empty, or what its snapshot holds",
    gone: "everything on the disk",
    retained: "snapshots of the old disk",
  },
  "gcp:container/cluster:Cluster": {
    replaces: [
      ...fields(`name location description network subnetwork networkingMode ipAllocationPolicy.clusterIpv4CidrBlock
        ipAllocationPolicy.servicesIpv4CidrBlock ipAllocationPolicy.clusterSecondaryRangeName
        ipAllocationPolicy.servicesSecondaryRangeName ipAllocationPolicy.podCidrOverprovisionConfig datapathProvider
        dataplaneOptimizationMode defaultMaxPodsPerNode confidentialNodes initialNodeCount nodePools enableAutopilot
        enableKubernetesAlpha enableTpu clusterIpv4Cidr masterAuth.clientCertificateConfig
        privateClusterConfig.masterIpv4CidrBlock privateClusterConfig.privateEndpointSubnetwork
        clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey userManagedKeysConfig.clusterCa
        userManagedKeysConfig.etcdApiCa userManagedKeysConfig.etcdPeerCa userManagedKeysConfig.aggregationCa`),
      ...fields(FIXED_NODE_FIELDS, "nodeConfig."),
      ...fields("project"),
      { field: "enableL4IlbSubsetting", when: "falls" },
      { field: "enableFqdnNetworkPolicy", when: "falls" },
    ],
    follows: [
      {
        field: "addonsConfig.dnsCacheConfig",
        effect: "GKE makes the nodes anew, one after the other: their pods move",
      },
    ],
    destroyed: "the cluster with every object in it, its nodes and what they hold outside volumes",
    retained: "whatever is no part of the cluster",
  },
  "gcp:container/nodePool:NodePool": {
    replaces: [
      ...fields(`cluster location name namePrefix initialNodeCount maxPodsPerNode placementPolicy queuedProvisioning
        networkConfig.createPodRange networkConfig.podRange networkConfig.podIpv4CidrBlock networkConfig.subnetwork
        networkConfig.additionalNodeNetworkConfigs networkConfig.additionalPodNetworkConfigs
        networkConfig.podCidrOverprovisionConfig networkConfig.acceleratorNetworkProfile`),
      ...fields(FIXED_NODE_FIELDS, "nodeConfig."),
      ...fields("project"),
    ],
    follows: fields(NODES_ANEW, "nodeConfig.").map(({ field }) => nodesAnew(field)),
    destroyed: "its nodes: their pods move",
    retained: "claims and their volumes",
  },
  "gcp:compute/network:Network": {
    replaces: fields("name autoCreateSubnetworks description internalIpv6Range networkProfile params project"),
    destroyed: "the network with everything that is connected to it",
    retained: "disks",
  },
  "gcp:compute/subnetwork:Subnetwork": {
    replaces: [
      ...fields(`name network region description externalIpv6Prefix internalIpv6Prefix params reservedInternalRange
        resolveSubnetMask project`),
      { field: "ipCidrRange", when: "narrows" },
    ],
    refuses: [
      { field: "secondaryIpRanges.ipCidrRange", when: "exchanged", because: RANGE_IN_USE },
      { field: "secondaryIpRanges", when: "dropped", because: RANGE_IN_USE },
    ],
    destroyed: "the subnetwork with everything that is connected to it",
    retained: "disks",
  },
  "gcp:compute/router:Router": {
    replaces: fields("name network region encryptedInterconnectRouter nccGateway params project"),
    destroyed: "the way to the internet until the new one is there",
    gone: "the way to the internet",
  },
  "gcp:compute/routerNat:RouterNat": {
    replaces: fields("name router region endpointTypes initialNatIps type project"),
    destroyed: "the way to the internet until the new one is there; open connections",
    gone: "the way to the internet; open connections",
  },
  "gcp:compute/resourcePolicy:ResourcePolicy": {
    replaces: fields(
      "region diskConsistencyGroupPolicy.enabled groupPlacementPolicy.gpuTopology workloadPolicy project",
    ),
    // Not among the provider's replacing fields, and its update goes to the new name's address.
    refuses: [
      { field: "name", because: "the provider tries to update a policy of the new name, which does not exist" },
    ],
    destroyed: "the schedule; no new snapshots until a disk has another",
    retained: "snapshots, if onSourceDiskDelete keeps them",
  },
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": {
    replaces: fields("disk name zone project"),
    ...forAMoment("the disk's snapshot schedule"),
    retained: "disk and snapshots",
  },
  "gcp:serviceaccount/account:Account": {
    replaces: fields("accountId project"),
    destroyed: "the account, its keys and every role that was granted to it",
  },
  "gcp:projects/iAMMember:IAMMember": {
    replaces: fields("role member condition project"),
    ...forAMoment("the role"),
  },
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {
    replaces: fields("role member condition location repository project"),
    ...forAMoment("the role"),
  },
  "gcp:artifactregistry/repository:Repository": {
    replaces: fields("format repositoryId kmsKeyName location mavenConfig mode remoteRepositoryConfig project"),
    destroyed: "every image in it",
  },
  "gcp:storage/bucket:Bucket": {
    replaces: fields(
      "name location enableObjectRetention customPlacementConfig.dataLocations hierarchicalNamespace project",
    ),
    destroyed: "the bucket; Google refuses to delete one that is not empty unless forceDestroy is set",
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    replaces: fields("bucket role member condition"),
    ...forAMoment("the role"),
  },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    replaces: fields("serviceAccountId role member condition"),
    ...forAMoment("the role"),
  },
};
