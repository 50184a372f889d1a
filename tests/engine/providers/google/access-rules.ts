import { isObject, type WireObject, type WireValue } from "../../../../preview/run/wire";
import { at, type Cloud } from "./cloud";
import { letGo, loadBalancers } from "./load-balancers";
import { DOCS, inUse, missing, named, needs, usedBy, type Rule } from "./rule";
import { TYPE } from "./types";

/** Purpose of the subnetwork from which a load balancer inside of the network reaches its backends. */
export const PROXIES = "REGIONAL_MANAGED_PROXY";

const texts = (value: WireValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** Refuses to delete what a load balancer of GKE's has. */
const servedBy =
  (what: "address" | "certificates" | "network" | "securityPolicies") =>
  (resource: WireObject, cloud: Cloud): string | undefined => {
    const name = at(resource, "name");
    const user = loadBalancers(cloud).find((balancer) => balancer[what].includes(name));
    return user && inUse(name, user.id);
  };

/** What a host needs. Read on 2026-11-29. */
export const ACCESS_RULES: readonly Rule[] = [
  {
    on: "create",
    types: [TYPE.address],
    source: `${DOCS}/vpc/docs/reserve-static-internal-ip (an address of a subnet that exists)`,
    refuses: needs(TYPE.subnetwork, "subnetwork", "subnetworks"),
  },
  {
    on: "create",
    types: [TYPE.certificate],
    source: `${DOCS}/certificate-manager/docs/dns-authorizations (it is named when the certificate is made)`,
    refuses: ({ managed, ...resource }, cloud) => {
      const wanted = isObject(managed) ? texts(managed["dnsAuthorizations"]) : [];
      const gone = wanted.find((id) => cloud.get(TYPE.authorization, id) === undefined);
      if (gone !== undefined) return missing(gone);
      const elsewhere = wanted.find((id) => !id.includes(`/locations/${at(resource, "location")}/`));
      return (
        elsewhere &&
        `googleapi: Error 400: certificate and DNS authorization ${elsewhere} must be in the same location., badRequest`
      );
    },
  },
  {
    on: "create",
    types: [TYPE.mapEntry],
    source: `${DOCS}/certificate-manager/docs/maps (an entry is of a map that exists, and names certificates that do)`,
    refuses: (resource, cloud, project) =>
      needs(TYPE.certificateMap, "map", "locations/global/certificateMaps")(resource, cloud, project) ??
      texts(resource["certificates"])
        .filter((id) => cloud.get(TYPE.certificate, id) === undefined)
        .map(missing)[0],
  },
  {
    on: "create",
    types: [TYPE.armor],
    source: `${DOCS}/armor/docs/security-policy-overview (at most 10 ranges in a rule of SRC_IPS_V1; a default rule)`,
    refuses: ({ rules }) => {
      const all = (Array.isArray(rules) ? rules : []).filter(isObject);
      if (!all.some(({ priority }) => priority === 2147483647))
        return "googleapi: Error 400: A security policy must have a default rule., badRequest";
      const ranges = ({ match }: WireObject) =>
        isObject(match) && isObject(match["config"]) ? texts(match["config"]["srcIpRanges"]) : [];
      return all.some((rule) => ranges(rule).length > 10)
        ? "googleapi: Error 400: Invalid value for field 'match.config.srcIpRanges': at most 10., badRequest"
        : undefined;
    },
  },
  {
    on: "delete",
    types: [TYPE.authorization],
    source: `${DOCS}/certificate-manager/docs/dns-authorizations (Delete: no certificate has it)`,
    refuses: (resource, cloud) => {
      const user = cloud
        .all(TYPE.certificate)
        .find(({ inputs: { managed } }) =>
          (isObject(managed) ? texts(managed["dnsAuthorizations"]) : []).some(
            (id) => named(id) === at(resource, "name"),
          ),
        );
      return user && inUse(at(resource, "name"), user.id);
    },
  },
  {
    on: "delete",
    types: [TYPE.certificate],
    source: `${DOCS}/certificate-manager/docs/certificates (Delete: no map entry and no proxy has it)`,
    refuses: (resource, cloud) => {
      const user = cloud
        .all(TYPE.mapEntry)
        .find(({ inputs }) => texts(inputs["certificates"]).some((id) => named(id) === at(resource, "name")));
      return user ? inUse(at(resource, "name"), user.id) : servedBy("certificates")(resource, cloud);
    },
  },
  {
    on: "delete",
    types: [TYPE.certificateMap],
    source: `${DOCS}/certificate-manager/docs/maps (Delete: no entries, and no target proxy has it)`,
    refuses: (resource, cloud) =>
      usedBy([TYPE.mapEntry], "map")(resource, cloud) ?? servedBy("certificates")(resource, cloud),
  },
  {
    on: "delete",
    types: [TYPE.address, TYPE.globalAddress],
    source: `${DOCS}/compute/docs/ip-addresses/reserve-static-external-ip-address (Release: no forwarding rule has it)`,
    refuses: servedBy("address"),
  },
  {
    on: "delete",
    types: [TYPE.armor],
    source: `${DOCS}/armor/docs/configure-security-policies (Delete a security policy: detached first)`,
    refuses: (resource, cloud) => {
      const refusal = servedBy("securityPolicies")(resource, cloud);
      // It takes the controller a minute: whoever tries again finds it done.
      letGo(cloud);
      return refusal;
    },
  },
  {
    on: "delete",
    types: [TYPE.network],
    source:
      "https://github.com/murphye/cheap-gke-cluster/issues/2 (endpoint groups that a cluster's objects made outlive the cluster)",
    refuses: servedBy("network"),
  },
  {
    on: "delete",
    types: [TYPE.subnetwork],
    source: `${DOCS}/load-balancing/docs/proxy-only-subnets (not deleted while a load balancer of the region has it)`,
    refuses: (resource, cloud) => {
      const user = loadBalancers(cloud).find(({ isInternal }) => isInternal);
      return at(resource, "purpose") === PROXIES && user ? inUse(at(resource, "name"), user.id) : undefined;
    },
  },
];
