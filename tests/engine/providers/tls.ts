import type { WireObject } from "../../../preview/run/wire";
import { madeValues } from "../../support/resolved-providers";
import type { Problem, ProviderModel } from "./model";

// As in hashicorp/terraform-provider-tls: internal/provider/resource_private_key.go and resource_self_signed_cert.go.

const ALGORITHMS = ["RSA", "ECDSA", "ED25519"];
const CURVES = ["P224", "P256", "P384", "P521"];
const USES = [
  "any_extended", "cert_signing", "client_auth", "code_signing", "content_commitment", "crl_signing", "data_encipherment",
  "decipher_only", "digital_signature", "email_protection", "encipher_only", "ipsec_end_system", "ipsec_tunnel", "ipsec_user",
  "key_agreement", "key_encipherment", "ocsp_signing", "server_auth", "timestamping",
]; // prettier-ignore

const oneOf = (property: string, allowed: readonly string[], inputs: WireObject): readonly Problem[] => {
  const value = inputs[property];
  const given = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return given
    .filter((one) => !allowed.includes(String(one)))
    .map((one) => ({
      property,
      reason: `value must be one of: ${allowed.map((name) => `"${name}"`).join(", ")}, got: "${String(one)}"`,
    }));
};

/** `tls`: real keys, and real certificates signed with them. */
export const tls: ProviderModel = {
  resources: {
    "tls:index/privateKey:PrivateKey": {
      replaces: () => true,
      computed: ["privateKeyPem", "privateKeyPemPkcs8", "publicKeyPem"],
      check: (inputs) => [...oneOf("algorithm", ALGORITHMS, inputs), ...oneOf("ecdsaCurve", CURVES, inputs)],
      create: (resource) => madeValues(resource, resource.inputs),
    },
    "tls:index/selfSignedCert:SelfSignedCert": {
      replaces: (path) => path !== "earlyRenewalHours",
      computed: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
      check: (inputs) => oneOf("allowedUses", USES, inputs),
      create: (resource) => madeValues(resource, resource.inputs),
    },
  },
};
