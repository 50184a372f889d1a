import { fields, type TypeRules } from "./rule";

const VALUE = "the value; what was made with it (log-ins, tokens, encrypted settings) no longer fits";
const CHARACTERS = `keepers length lower upper numeric number special minLower minUpper minNumeric minSpecial
  overrideSpecial`;

/** Providers whose resources are values in Pulumi's state (RequiresReplace in terraform-provider-random and -tls). */
export const OTHERS: Readonly<Record<string, TypeRules>> = {
  "random:index/randomPassword:RandomPassword": { replaces: fields(CHARACTERS), destroyed: VALUE },
  "random:index/randomString:RandomString": { replaces: fields(CHARACTERS), destroyed: VALUE },
  "random:index/randomBytes:RandomBytes": { replaces: fields("keepers length"), destroyed: VALUE },
  "random:index/randomId:RandomId": { replaces: fields("keepers byteLength prefix"), destroyed: VALUE },
  "random:index/randomUuid:RandomUuid": { replaces: fields("keepers"), destroyed: VALUE },
  "random:index/randomPet:RandomPet": { replaces: fields("keepers length prefix separator"), destroyed: VALUE },
  "random:index/randomInteger:RandomInteger": { replaces: fields("keepers min max seed"), destroyed: VALUE },
  "tls:index/privateKey:PrivateKey": {
    replaces: fields("algorithm rsaBits ecdsaCurve"),
    destroyed: "the key; certificates over it no longer fit",
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    replaces: fields(`privateKeyPem validityPeriodHours allowedUses dnsNames ipAddresses uris isCaCertificate
      maxPathLength setSubjectKeyId setAuthorityKeyId subject`),
    destroyed: "the certificate; whoever trusts it trusts the new one only after a restart",
    gone: "the certificate",
  },
  // An image is built and pushed again; what its name held in the registry stays until it is cleaned up.
  "docker:index/image:Image": {
    replaces: [],
    destroyed: "nothing in the registry: images are cleaned up there",
    retained: "the pushed image",
  },
  // Only the identifier distinguishes clusters; kubeconfigs differ for many reasons.
  "pulumi:providers:kubernetes": {
    replaces: [{ field: "clusterIdentifier", when: "exchanged" }, ...fields("renderYamlToDirectory")],
    destroyed: "every object that was made with it",
    retained: "what is outside the cluster",
  },
};

/** Types that no table names: nothing is known of their fields. */
export const UNKNOWN_TYPE: TypeRules = { replaces: [], destroyed: "the resource" };
