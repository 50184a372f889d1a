import "reflect-metadata"; // asked for by @peculiar/x509
import { KeyObject, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** PEM texts of one side of an agent's connection to its daemon. */
export interface Side {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Both sides; each trusts exactly the other's certificate. */
export interface Sides {
  readonly daemon: Side;
  readonly client: Side;
}

const DAY = 86_400_000;
/** As on the cluster. */
const VALID_DAYS = 5 * 365;
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };

/**
 * Two self-signed pairs for one agent, as components/certificates has Pulumi make them for each on a cluster: no CA whose key
 * could sign a third, and the daemon's is good for loopback alone.
 */
export async function certificates(agent: string): Promise<Sides> {
  const daemon = await pair(agent, x509.ExtendedKeyUsage.serverAuth, [
    new x509.SubjectAlternativeNameExtension([
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ]),
  ]);
  const client = await pair(agent, x509.ExtendedKeyUsage.clientAuth);
  return { daemon: { ...daemon, ca: client.cert }, client: { ...client, ca: daemon.cert } };
}

/** Whether the two sides trust each other: an interrupted run may have left files of two. */
export const fit = ({ daemon, client }: Sides): boolean =>
  [daemon, client].every(({ ca, cert, key }) => ca !== "" && cert !== "" && key !== "") &&
  daemon.ca === client.cert &&
  client.ca === daemon.cert;

/** When the first of the two certificates ends. */
export const end = ({ daemon, client }: Sides): Date =>
  new Date(Math.min(...[daemon, client].map(({ cert }) => Date.parse(new X509Certificate(cert).validTo))));

async function pair(
  commonName: string,
  usage: x509.ExtendedKeyUsage,
  extensions: readonly x509.Extension[] = [],
): Promise<Omit<Side, "ca">> {
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    // A laptop's clock and that of its virtual machine may differ a little.
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + VALID_DAYS * DAY),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...extensions,
    ],
  });
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: "sec1", format: "pem" }) as string,
  };
}
