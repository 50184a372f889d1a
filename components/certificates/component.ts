import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

export interface CertificatesArgs {
  /** Names of the pods: `docker-0`, `docker-1`, … */
  readonly pods: string[];
  /** A number that makes new keys and certificates when it changes. */
  readonly rotation: number;
}

/** PEM texts of one side of an agent's connection to its daemon. */
export interface Side {
  readonly ca: pulumi.Output<string>;
  readonly cert: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/** Five years; the policy pack speaks up 90 days before the end. */
const VALIDITY_HOURS = 5 * 365 * 24;

/**
 * Two self-signed pairs for each agent, one for its daemon and one for the client. Each side trusts exactly the other's
 * certificate, so there is no CA whose key could sign a third, and no agent's client opens another agent's daemon.
 */
export class Certificates extends pulumi.ComponentResource {
  /** The two sides by pod. */
  readonly agents: ReadonlyMap<string, { readonly daemon: Side; readonly client: Side }>;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:certificates:Certificates", name, {}, opts);
    this.agents = new Map(
      args.pods.map((pod) => {
        const daemon = this.pair(`${name}-${pod}-daemon-r${args.rotation}`, pod, "server_auth");
        const client = this.pair(`${name}-${pod}-client-r${args.rotation}`, pod, "client_auth");
        return [pod, { daemon: { ...daemon, ca: client.cert }, client: { ...client, ca: daemon.cert } }];
      }),
    );
    this.registerOutputs({});
  }

  private pair(name: string, commonName: string, use: "server_auth" | "client_auth"): Omit<Side, "ca"> {
    const child = { parent: this };
    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName },
        // Good for this pod's loopback and nowhere else.
        ...(use === "server_auth" && { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] }),
        allowedUses: ["digital_signature", use],
        validityPeriodHours: VALIDITY_HOURS,
      },
      child,
    );
    return { cert: certificate.certPem, key: key.privateKeyPem };
  }
}
