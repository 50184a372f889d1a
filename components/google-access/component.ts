import * as certificatemanager from "@pulumi/gcp/certificatemanager";
import * as compute from "@pulumi/gcp/compute";
import * as iap from "@pulumi/gcp/iap";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { httpRoute, metadata, redirectRoute, type DnsRecord, type Place } from "../access/routes";
import {
  armorRules,
  backendPolicy,
  backendService,
  entrances,
  googleGateway,
  healthCheckPolicy,
  IAP_SECRET,
  isRestricting,
  nameForHost,
  onlyFor,
  ROUTES,
  type Entrance,
  type GoogleSpec,
} from "./google";

export interface GoogleAccessArgs {
  /** `ci.example.com` */
  readonly host: string;
  readonly google: GoogleSpec;
  readonly region: string;
  /** Where nodes have their addresses. */
  readonly subnetwork?: pulumi.Input<string> | undefined;
  /** Secret of the OAuth client of IAP. */
  readonly iapClientSecret?: pulumi.Output<string> | undefined;
  readonly namespace: pulumi.Input<string>;
  /** The server's port. */
  readonly port: number;
}

/** GoCD under a host, through a load balancer that GKE makes of a Gateway, with a certificate that Google keeps. */
export class GoogleAccess extends pulumi.ComponentResource {
  readonly url: string;
  readonly dns: pulumi.Output<readonly DnsRecord[]>;
  private readonly child = { parent: this };

  constructor(
    private readonly instance: string,
    private readonly args: GoogleAccessArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("gocd:access:GoogleAccess", instance, {}, opts);
    const { host, google } = args;
    const place: Place = { instance, namespace: args.namespace };
    const address = this.address();
    const { authorization, certificate } = this.certificate();
    const ways = entrances(google).map((way) => ({ way, ...this.backend(way, place) }));

    const spec = { host, address: google.address, addressName: address.name, certificate };
    // Named, not referred to: what the load balancer uses goes when the load balancer is gone.
    const armor = ways.flatMap(({ securityPolicy }) => (securityPolicy ? [securityPolicy] : []));
    const gateway = new CustomResource(instance, googleGateway(place, spec), { ...this.child, dependsOn: armor });
    for (const { way, service, policies } of ways) {
      const route = { host, paths: way.paths, service: service.metadata.name, port: args.port };
      // Without its policies a way would be open for a moment, to everybody and past IAP.
      const behind = { ...this.child, dependsOn: [gateway, ...policies] };
      new CustomResource(`${instance}-${way.visitor}`, httpRoute(ROUTES[way.visitor], place, route), behind);
    }
    new CustomResource(`${instance}-redirect`, redirectRoute(place, host), { ...this.child, dependsOn: [gateway] });

    this.url = `https://${host}`;
    this.dns = pulumi
      .all([address.address, authorization.dnsResourceRecords])
      .apply(([data, records]) => [{ name: `${host}.`, type: "A", data }, ...records]);
    this.registerOutputs({ url: this.url, dns: this.dns });
  }

  /** The address that the host's record points at. An external one outlives the cluster; an internal one belongs to a network. */
  private address(): compute.GlobalAddress | compute.Address {
    const { instance: name, args } = this;
    if (args.google.address === "external") {
      return new compute.GlobalAddress(name, { name }, { ...this.child, protect: true });
    }
    // Shared, because HTTP and HTTPS are a forwarding rule each.
    const subnetwork = args.google.subnetwork ?? args.subnetwork;
    const place = { region: args.region, ...(subnetwork !== undefined && { subnetwork }) };
    const kind = { addressType: "INTERNAL", purpose: "SHARED_LOADBALANCER_VIP" };
    return new compute.Address(name, { name, ...kind, ...place }, this.child);
  }

  /** A certificate that Google makes and renews for as long as the authorization's record is there, and what the Gateway calls it. */
  private certificate() {
    const { child, instance } = this;
    const { host, region, google } = this.args;
    const name = nameForHost(instance, host);
    const labels = { "gocd-stack": instance };
    const isExternal = google.address === "external";
    const location = isExternal ? "global" : region;
    // Somebody has made a record by hand for it.
    const authorization = new certificatemanager.DnsAuthorization(
      name,
      { name, domain: host, location, type: "PER_PROJECT_RECORD", labels },
      { ...child, protect: true },
    );
    const managed = { domains: [host], dnsAuthorizations: [authorization.id] };
    const certificate = new certificatemanager.Certificate(name, { name, location, managed, labels }, child);
    if (!isExternal) return { authorization, certificate: certificate.name };
    const map = new certificatemanager.CertificateMap(instance, { name: instance, labels }, child);
    const entry = new certificatemanager.CertificateMapEntry(
      name,
      { name, map: map.name, hostname: host, certificates: [certificate.id], labels },
      child,
    );
    return { authorization, certificate: entry.map };
  }

  /** What stands behind a way in: a Service, its health, and who may come. */
  private backend(way: Entrance, place: Place) {
    const { child } = this;
    const name = `${this.instance}-${way.visitor}`;
    const service = new core.Service(name, backendService(way.visitor, place, this.args.port), child);
    const securityPolicy = isRestricting(way.allow)
      ? new compute.SecurityPolicy(name, { name, rules: armorRules(way.allow) }, child)
      : undefined;
    const client = way.iap ? this.iap(place) : undefined;
    const behind = { ...child, dependsOn: [service] };
    const policies = [
      new CustomResource(`${name}-health`, healthCheckPolicy(way.visitor, place), behind),
      new CustomResource(
        name,
        backendPolicy(way.visitor, place, { securityPolicy: securityPolicy?.name, client }),
        behind,
      ),
    ];
    return { service, securityPolicy, policies };
  }

  /** The OAuth client that people log in by, and who may. */
  private iap(place: Place) {
    const { host, google, iapClientSecret } = this.args;
    // Settings refuse it; here it would be a way in that nobody watches.
    if (google.iap === undefined || iapClientSecret === undefined) throw new Error("IAP has no OAuth client");
    const secret = new core.Secret(
      `${this.instance}-iap`,
      { metadata: metadata(IAP_SECRET, place), stringData: { key: iapClientSecret } },
      this.child,
    );
    for (const member of google.iap.members) {
      new iap.WebIamMember(
        `${this.instance}-${member.replace(/[^a-z0-9]+/gi, "-")}`,
        { role: "roles/iap.httpsResourceAccessor", member, condition: onlyFor(this.instance, host) },
        this.child,
      );
    }
    return { id: google.iap.clientId, secret: secret.metadata.name };
  }
}
