import "reflect-metadata"; // asked for by @peculiar/x509
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { WireObject, WireValue } from "../../preview/run/wire";

const HOUR = 3_600_000;

/** What `tls.PrivateKey` computes: a real key, in the encodings of the provider. */
export function privateKey(inputs: WireObject): WireObject {
  const pair =
    inputs["algorithm"] === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: Number(inputs["rsaBits"] ?? 2048) })
      : generateKeyPairSync("ec", { namedCurve: curve(inputs["ecdsaCurve"]) });
  const type = pair.privateKey.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
  return {
    privateKeyPem: pair.privateKey.export({ type, format: "pem" }) as string,
    privateKeyPemPkcs8: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    publicKeyPem: pair.publicKey.export({ type: "spki", format: "pem" }) as string,
  };
}

/** What `tls.SelfSignedCert` computes: a real X.509 certificate over the key that it is given. */
export async function selfSignedCertificate(inputs: WireObject): Promise<WireObject> {
  const key = createPrivateKey(text(inputs["privateKeyPem"]));
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const notAfter = new Date(notBefore.getTime() + Number(inputs["validityPeriodHours"]) * HOUR);
  const uses = texts(inputs["allowedUses"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: distinguishedName(inputs["subject"]),
    keys: await cryptoKeys(key),
    notBefore,
    notAfter,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(inputs["isCaCertificate"] === true, undefined, true),
      ...keyUsage(uses),
      ...extendedKeyUsage(uses),
      ...alternativeNames(texts(inputs["dnsNames"]), texts(inputs["ipAddresses"])),
    ],
  });
  const certPem = `${certificate.toString("pem")}\n`;
  return {
    certPem,
    keyAlgorithm: "ECDSA",
    readyForRenewal: false,
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
    id: new X509Certificate(certPem).serialNumber,
  };
}

/** SHA-1 of the public key, which is the id that the provider gives a key. */
export function publicKeyId(publicKeyPem: string): string {
  const der = createPublicKey(publicKeyPem).export({ type: "spki", format: "der" });
  return createHash("sha1").update(der).digest("hex");
}

function curve(name: WireValue | undefined): string {
  if (name === "P256") return "P-256";
  throw new Error(`no fixture for ECDSA curve ${JSON.stringify(name)}`);
}

async function cryptoKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const der = key.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}

function distinguishedName(subject: WireValue | undefined): string {
  const { commonName } = (subject ?? {}) as { readonly commonName?: string };
  return `CN=${commonName ?? ""}`;
}

function keyUsage(uses: readonly string[]): x509.Extension[] {
  const others = uses.filter((use) => !["digital_signature", "server_auth", "client_auth"].includes(use));
  if (others.length > 0) throw new Error(`no fixture for the allowed use ${others.join(", ")}`);
  return uses.includes("digital_signature")
    ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)]
    : [];
}

function extendedKeyUsage(uses: readonly string[]): x509.Extension[] {
  const known: Readonly<Record<string, string>> = {
    server_auth: x509.ExtendedKeyUsage.serverAuth,
    client_auth: x509.ExtendedKeyUsage.clientAuth,
  };
  const asked = uses.flatMap((use) => known[use] ?? []);
  return asked.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(asked)];
}

function alternativeNames(dns: readonly string[], ip: readonly string[]): x509.Extension[] {
  const names = [
    ...dns.map((value) => ({ type: "dns" as const, value })),
    ...ip.map((value) => ({ type: "ip" as const, value })),
  ];
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)];
}

function texts(value: WireValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function text(value: WireValue | undefined): string {
  return typeof value === "string" ? value : "";
}
