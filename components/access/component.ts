import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Ingress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { gateway, ingress, NO_TIMEOUTS, type FrontSpec } from "./front";
import { ENTRY, httpRoute, redirectRoute, type DnsRecord, type Place } from "./routes";

export interface FrontAccessArgs {
  readonly mode: "ingress" | "gateway";
  /** `ci.example.com` */
  readonly host: string;
  readonly front: FrontSpec;
  readonly namespace: pulumi.Input<string>;
  /** The server's Service, and its port. */
  readonly service: pulumi.Input<string>;
  readonly port: number;
}

/** GoCD under a host, through an Ingress or a Gateway of a class that the cluster has. */
export class FrontAccess extends pulumi.ComponentResource {
  readonly url: string;
  readonly dns: readonly DnsRecord[];

  constructor(name: string, args: FrontAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:access:FrontAccess", name, {}, opts);
    const child = { parent: this };
    const { host, mode, front } = args;
    const place: Place = { instance: name, namespace: args.namespace };
    if (mode === "ingress") {
      new Ingress(name, ingress(place, args, front), child);
    } else {
      const entry = new CustomResource(name, gateway(place, host, front), child);
      const route = {
        host,
        paths: [{ type: "PathPrefix", value: "/" }] as const,
        service: args.service,
        port: args.port,
      };
      // Routes name their Gateway by a plain string.
      const behind = { ...child, dependsOn: [entry] };
      new CustomResource(name, { ...httpRoute(ENTRY, place, { ...route, timeouts: NO_TIMEOUTS }) }, behind);
      new CustomResource(`${name}-redirect`, redirectRoute(place, host), behind);
    }
    this.url = `https://${host}`;
    const kind = mode === "ingress" ? "ingresses.networking.k8s.io" : "gateways.gateway.networking.k8s.io";
    // Who serves the class gives the address, and nobody else knows when.
    this.dns = [{ name: `${host}.`, type: "A or CNAME", data: `kubectl --namespace ${name} get ${kind} ${ENTRY}` }];
    this.registerOutputs({ url: this.url, dns: this.dns });
  }
}
