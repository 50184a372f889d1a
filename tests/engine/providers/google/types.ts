import type { WireObject } from "../../../../preview/run/wire";
import { at } from "./cloud";

/** Types of the model by what people call them. */
export const TYPE = {
  account: "gcp:serviceaccount/account:Account",
  address: "gcp:compute/address:Address",
  armor: "gcp:compute/securityPolicy:SecurityPolicy",
  attachment: "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
  authorization: "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
  bucket: "gcp:storage/bucket:Bucket",
  bucketMember: "gcp:storage/bucketIAMMember:BucketIAMMember",
  certificate: "gcp:certificatemanager/certificate:Certificate",
  certificateMap: "gcp:certificatemanager/certificateMap:CertificateMap",
  cluster: "gcp:container/cluster:Cluster",
  disk: "gcp:compute/disk:Disk",
  globalAddress: "gcp:compute/globalAddress:GlobalAddress",
  mapEntry: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
  nat: "gcp:compute/routerNat:RouterNat",
  network: "gcp:compute/network:Network",
  nodePool: "gcp:container/nodePool:NodePool",
  projectMember: "gcp:projects/iAMMember:IAMMember",
  regionAttachment: "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment",
  regionDisk: "gcp:compute/regionDisk:RegionDisk",
  repository: "gcp:artifactregistry/repository:Repository",
  repositoryMember: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  router: "gcp:compute/router:Router",
  schedule: "gcp:compute/resourcePolicy:ResourcePolicy",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  webMember: "gcp:iap/webIamMember:WebIamMember",
} as const;

/** The id that the provider gives: the path of the thing in Google's API, or the parts of a member joined. */
export const ID: Readonly<Record<string, (inputs: WireObject, project: string) => string>> = {
  [TYPE.account]: (inputs, project) =>
    `projects/${project}/serviceAccounts/${at(inputs, "accountId")}@${project}.iam.gserviceaccount.com`,
  [TYPE.address]: (inputs, project) =>
    `projects/${project}/regions/${at(inputs, "region")}/addresses/${at(inputs, "name")}`,
  [TYPE.armor]: (inputs, project) => `projects/${project}/global/securityPolicies/${at(inputs, "name")}`,
  [TYPE.attachment]: (inputs, project) =>
    `${project}/${at(inputs, "zone")}/${at(inputs, "disk")}/${at(inputs, "name")}`,
  [TYPE.authorization]: (inputs, project) =>
    `projects/${project}/locations/${at(inputs, "location")}/dnsAuthorizations/${at(inputs, "name")}`,
  [TYPE.bucket]: (inputs) => at(inputs, "name"),
  [TYPE.bucketMember]: (inputs) => `b/${at(inputs, "bucket")}/${at(inputs, "role")}/${at(inputs, "member")}`,
  [TYPE.certificate]: (inputs, project) =>
    `projects/${project}/locations/${at(inputs, "location")}/certificates/${at(inputs, "name")}`,
  [TYPE.certificateMap]: (inputs, project) =>
    `projects/${project}/locations/global/certificateMaps/${at(inputs, "name")}`,
  [TYPE.cluster]: (inputs, project) =>
    `projects/${project}/locations/${at(inputs, "location")}/clusters/${at(inputs, "name")}`,
  [TYPE.disk]: (inputs, project) => `projects/${project}/zones/${at(inputs, "zone")}/disks/${at(inputs, "name")}`,
  [TYPE.globalAddress]: (inputs, project) => `projects/${project}/global/addresses/${at(inputs, "name")}`,
  [TYPE.mapEntry]: (inputs, project) =>
    `projects/${project}/locations/global/certificateMaps/${at(inputs, "map")}/certificateMapEntries/${at(inputs, "name")}`,
  [TYPE.nat]: (inputs, project) => `${project}/${at(inputs, "region")}/${at(inputs, "router")}/${at(inputs, "name")}`,
  [TYPE.network]: (inputs, project) => `projects/${project}/global/networks/${at(inputs, "name")}`,
  [TYPE.nodePool]: (inputs) => `${at(inputs, "cluster")}/nodePools/${at(inputs, "name")}`,
  [TYPE.projectMember]: (inputs) => `${at(inputs, "project")}/${at(inputs, "role")}/${at(inputs, "member")}`,
  [TYPE.regionAttachment]: (inputs, project) =>
    `${project}/${at(inputs, "region")}/${at(inputs, "disk")}/${at(inputs, "name")}`,
  [TYPE.regionDisk]: (inputs, project) =>
    `projects/${project}/regions/${at(inputs, "region")}/disks/${at(inputs, "name")}`,
  [TYPE.repository]: (inputs, project) =>
    `projects/${project}/locations/${at(inputs, "location")}/repositories/${at(inputs, "repositoryId")}`,
  [TYPE.repositoryMember]: (inputs, project) =>
    `projects/${project}/locations/${at(inputs, "location")}/repositories/${at(inputs, "repository")}/${at(inputs, "role")}/${at(inputs, "member")}`,
  [TYPE.router]: (inputs, project) =>
    `projects/${project}/regions/${at(inputs, "region")}/routers/${at(inputs, "name")}`,
  [TYPE.schedule]: (inputs, project) =>
    `projects/${project}/regions/${at(inputs, "region")}/resourcePolicies/${at(inputs, "name")}`,
  [TYPE.subnetwork]: (inputs, project) =>
    `projects/${project}/regions/${at(inputs, "region")}/subnetworks/${at(inputs, "name")}`,
  [TYPE.webMember]: (inputs, project) => `projects/${project}/iap_web/${at(inputs, "role")}/${at(inputs, "member")}`,
};

/** Properties that Google gives beside the arguments. */
export const COMPUTED: Readonly<Record<string, (inputs: WireObject, id: string, project: string) => WireObject>> = {
  [TYPE.account]: (inputs, _id, project) => {
    const email = `${at(inputs, "accountId")}@${project}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}`, name: `projects/${project}/serviceAccounts/${email}` };
  },
  [TYPE.address]: () => ({ address: "10.10.0.9" }),
  [TYPE.authorization]: (inputs) => ({
    dnsResourceRecords: [
      {
        name: `_acme-challenge_abcdefghijklmnop.${at(inputs, "domain")}.`,
        type: "CNAME",
        data: `0123-abcd.${at(inputs, "location") === "global" ? "1" : at(inputs, "location")}.authorize.certificatemanager.goog.`,
      },
    ],
  }),
  [TYPE.bucket]: (inputs) => ({ url: `gs://${at(inputs, "name")}` }),
  [TYPE.globalAddress]: () => ({ address: "203.0.113.9" }),
  [TYPE.cluster]: (inputs, id) => ({ endpoint: "192.0.2.1", selfLink: `https://container.googleapis.com/v1/${id}` }),
};
