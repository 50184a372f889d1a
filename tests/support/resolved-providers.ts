import { createHash, randomBytes, randomUUID } from "node:crypto";
import { hashSync } from "bcryptjs";
import { checked, type Created, type Providers, withSecrets } from "../../preview/run/providers";
import { isKubernetesObject, type Registration } from "../../preview/run/registration";
import { isObject, unwrappedMap, type WireObject } from "../../preview/run/wire";
import { privateKey, publicKeyId, selfSignedCertificate } from "./keys";

/** Values that providers made, by resource and arguments: made once, like those in Pulumi's state. */
export type MadeValues = Map<string, WireObject>;

/** A computed property set; `id` is the resource's id. */
type Computed = WireObject & { readonly id: string };
/** What a value may depend on beside the arguments. */
type Identity = Pick<Registration, "urn" | "type" | "name">;
type Compute = (inputs: WireObject, resource: Identity) => Computed | Promise<Computed>;

/** The project of stacks that name none. */
const PROJECT = "resolved-project";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The provider hashes at 10, which is real work in a test; the hash is a real one all the same. */
const BCRYPT_COST = 4;

/** Computed properties by type, as real as they can be made without a cloud. Other types compute nothing but an id. */
const COMPUTED: Readonly<Record<string, Compute>> = {
  "random:index/randomPassword:RandomPassword": (inputs) => {
    const result = letters(number(inputs["length"]));
    return { id: "none", result, bcryptHash: hashSync(result, BCRYPT_COST) };
  },
  "random:index/randomString:RandomString": (inputs) => {
    const result = letters(number(inputs["length"]));
    return { id: result, result };
  },
  "random:index/randomBytes:RandomBytes": (inputs) => {
    const bytes = randomBytes(number(inputs["length"]));
    return { id: "none", hex: bytes.toString("hex"), base64: bytes.toString("base64") };
  },
  "random:index/randomId:RandomId": (inputs) => {
    const bytes = randomBytes(number(inputs["byteLength"]));
    return {
      id: bytes.toString("base64url"),
      hex: bytes.toString("hex"),
      b64Std: bytes.toString("base64"),
      b64Url: bytes.toString("base64url"),
    };
  },
  "random:index/randomUuid:RandomUuid": () => {
    const result = randomUUID();
    return { id: result, result };
  },
  "tls:index/privateKey:PrivateKey": (inputs) => {
    const key = privateKey(inputs);
    return { ...key, id: publicKeyId(text(key["publicKeyPem"])) };
  },
  "tls:index/selfSignedCert:SelfSignedCert": async (inputs) => (await selfSignedCertificate(inputs)) as Computed,
  "docker:index/image:Image": (inputs, { urn }) => {
    const name = text(inputs["imageName"]).replace(/:[^:/]+$/, "");
    return { id: name, repoDigest: `${name}@sha256:${createHash("sha256").update(urn).digest("hex")}` };
  },
  "gcp:serviceaccount/account:Account": (inputs) => {
    const email = `${text(inputs["accountId"])}@${project(inputs)}.iam.gserviceaccount.com`;
    return { id: `projects/${project(inputs)}/serviceAccounts/${email}`, email, member: `serviceAccount:${email}` };
  },
  "gcp:compute/disk:Disk": (inputs, { name }) => {
    const id = `projects/${project(inputs)}/zones/${text(inputs["zone"])}/disks/${text(inputs["name"]) || name}`;
    return { id, selfLink: `https://www.googleapis.com/compute/v1/${id}` };
  },
  "gcp:compute/globalAddress:GlobalAddress": (inputs) => ({ id: text(inputs["name"]), address: "198.51.100.80" }),
  "gcp:compute/address:Address": (inputs) => ({ id: text(inputs["name"]), address: "10.10.0.80" }),
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": (inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs["location"])}/dnsAuthorizations/${text(inputs["name"])}`,
    dnsResourceRecords: [
      {
        name: `_acme-challenge_resolved.${text(inputs["domain"])}.`,
        type: "CNAME",
        data: "0123.resolved.authorize.certificatemanager.goog.",
      },
    ],
  }),
  "gcp:certificatemanager/certificate:Certificate": (inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs["location"])}/certificates/${text(inputs["name"])}`,
  }),
  "gcp:compute/regionDisk:RegionDisk": (inputs, { name }) => ({
    id: `projects/${project(inputs)}/regions/${text(inputs["region"])}/disks/${text(inputs["name"]) || name}`,
  }),
  "gcp:container/cluster:Cluster": (inputs, { name }) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs["location"])}/clusters/${text(inputs["name"]) || name}`,
    endpoint: "192.0.2.1",
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: true, endpoint: "gke-0123456789.resolved.gke.goog" },
    },
  }),
  "gcp:storage/bucket:Bucket": (inputs, { name }) => {
    const bucket = text(inputs["name"]) || name;
    return { id: bucket, url: `gs://${bucket}`, selfLink: `https://www.googleapis.com/storage/v1/b/${bucket}` };
  },
};

/**
 * Providers as they answer an update of a new stack: real keys, certificates and passwords, plausible names of cloud
 * resources.
 *
 * @param made what earlier runs made, so that a second run finds it again; a changed argument makes a new value
 */
export function resolvedProviders(made: MadeValues): Providers {
  return {
    check: checked,
    create: (resource) => create(resource, made),
    invoke(token) {
      const answer = CLOUD_ANSWERS[token];
      if (answer === undefined)
        throw new Error(`no fixture for ${token}; add one to tests/support/resolved-providers.ts`);
      return answer;
    },
  };
}

/** What the provider of a resource computes for it: its id, and its properties beside the arguments. */
export async function madeValues(resource: Identity, inputs: WireObject): Promise<Created> {
  const known = COMPUTED[resource.type];
  if (known === undefined)
    throw new Error(`no values for ${resource.type}; add them to tests/support/resolved-providers.ts`);
  const { id, ...outputs } = await known(inputs, resource);
  return { id, outputs };
}

/** Who the cloud says we are. */
const CLOUD_ANSWERS: Readonly<Record<string, WireObject>> = {
  "gcp:organizations/getClientConfig:getClientConfig": {
    id: PROJECT,
    project: PROJECT,
    accessToken: `ya29.${letters(40)}`,
    region: "",
    zone: "",
  },
  "gcp:organizations/getProject:getProject": { id: PROJECT, projectId: PROJECT, number: "123456789012" },
};

async function create(resource: Registration, made: MadeValues): Promise<Created> {
  const inputs = unwrappedMap(resource.inputs);
  const key = `${resource.urn} ${createHash("sha256").update(JSON.stringify(inputs)).digest("hex")}`;
  const values = made.get(key) ?? (await compute(inputs, resource));
  made.set(key, values);
  const { id, ...computed } = values;
  // Where the program gives no name or project, the provider does.
  const defaults = resource.type.startsWith("gcp:") ? { name: resource.name, project: project(inputs) } : {};
  return { id: text(id), outputs: withSecrets(resource, { ...defaults, ...resource.inputs, ...computed }) };
}

async function compute(inputs: WireObject, resource: Registration): Promise<WireObject> {
  const known = COMPUTED[resource.type];
  return known === undefined ? { id: plainId(inputs, resource) } : known(inputs, resource);
}

function plainId(inputs: WireObject, resource: Registration): string {
  if (!isKubernetesObject(resource)) return text(inputs["name"]) || resource.name;
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  const namespace = text(metadata["namespace"]);
  return `${namespace === "" ? "" : `${namespace}/`}${text(metadata["name"])}`;
}

function project(inputs: WireObject): string {
  return text(inputs["project"]) || PROJECT;
}

function letters(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

function number(value: WireObject[string] | undefined): number {
  if (typeof value !== "number") throw new Error(`expected a number, got ${JSON.stringify(value)}`);
  return value;
}

function text(value: WireObject[string] | undefined): string {
  return typeof value === "string" ? value : "";
}
