import { isOn, isOneOf, isRecord, isUnknown, list, record, shown, spelled, text } from "../reading/values";
import { groupOf, type ObjectNode } from "../reading/object-node";
import { Findings, type ResourceRule, type Tell } from "../rule";
import { ASKED_HOST, EVERYBODY, EVERYWHERE, INTERNAL_ANNOTATIONS, INTERNAL_CLASSES } from "../tables/public";
import { cis, nsa, psa } from "../tables/standards";

/** Nothing of the program can be reached from outside unless somebody asked for it. */
export const nothingPublic: ResourceRule = {
  name: "nothing-public",
  description: "No Service, route, port of a node, control plane, firewall or bucket is open to the internet.",
  level: "advisory",
  severity: "high",
  standards: [...cis("5.2.13"), ...psa("baseline: Host Ports"), ...nsa("Network separation and hardening")],
  url: "https://kubernetes.io/docs/concepts/services-networking/service/",
  breaks: [
    "Service of type LoadBalancer without an annotation that keeps it inside; NodePort; externalIPs",
    "Ingress or Gateway of a class that is not internal; hostPort",
    "one that opens more than the host that its annotation gocd-on-kubernetes/public-host asks for, or opens it without TLS",
    "gcp.container.Cluster whose control plane has a public address open to everybody",
    "gcp.compute.Firewall that lets 0.0.0.0/0 in; IAM members allUsers",
  ],
  obeys: [
    "Service of type ClusterIP",
    "LoadBalancer with networking.gke.io/load-balancer-type: Internal",
    "a cluster reached by its DNS endpoint alone",
    "an Ingress or a Gateway for exactly the host of its annotation, by TLS, which the notes repeat",
  ],
  instead: "Keep it inside (ClusterIP and `kubectl port-forward`), or make an exception with a reason.",
  check: (resource) => {
    const findings = new Findings();
    for (const node of resource.index.withAnyKey(["kind", "hostPort", "member", "members"])) {
      const { refuse, note } = findings.at(resource, node);
      const kind = text(node.value["kind"])?.replace(/Patch$/, "");
      if (kind === "Service") judgeService(node, refuse, note);
      // What says a kind and has no specification only refers to an object of it.
      const isObject = isRecord(node.value["spec"]);
      if (kind === "Ingress" && isObject && !isOneOf(INTERNAL_CLASSES, ingressClass(node))) {
        judgeOpening(kind, node, isIngressFor, refuse, note);
      }
      if (
        kind === "Gateway" &&
        isObject &&
        isOneOf(["", "gateway.networking.k8s.io"], groupOf(node.value)) &&
        !isOneOf(INTERNAL_CLASSES, record(node.value["spec"])["gatewayClassName"])
      ) {
        judgeOpening(kind, node, isGatewayFor, refuse, note);
      }
      if (node.key === "ports" && Number(spelled(node.value["hostPort"] ?? 0)) > 0)
        refuse("hostPort opens a port of the node", "hostPort");
      for (const key of ["member", "members"]) {
        const member = [node.value[key], ...list(node.value[key])].find((each) => isOneOf(EVERYBODY, each));
        if (member !== undefined) refuse(`${member} may use it`, key);
      }
    }
    const { root } = resource.index;
    const { refuse } = findings.at(resource, root);
    if (resource.type === "gcp:container/cluster:Cluster") judgeControlPlane(root, refuse);
    if (resource.type === "gcp:compute/firewall:Firewall") judgeFirewall(root, refuse);
    return findings;
  },
};

function judgeService(node: ObjectNode, refuse: Tell, note: Tell): void {
  const spec = record(node.value["spec"]);
  const type = text(spec["type"]);
  const annotations = record(record(node.value["metadata"])["annotations"]);
  const isInside = Object.entries(INTERNAL_ANNOTATIONS).some(([key, values]) =>
    isOneOf(values, text(annotations[key])?.toLowerCase()),
  );
  if (type === "LoadBalancer" && !isInside) refuse("the Service makes a public load balancer", "spec.type");
  if (type === "NodePort") refuse("the Service opens a port on every node", "spec.type");
  const external = list(spec["externalIPs"]);
  if (external.length > 0) refuse("the Service takes over external addresses", "spec.externalIPs");
  if (isUnknown(spec["type"]) || isUnknown(spec["externalIPs"]))
    note("how the Service can be reached could not be checked", "spec", "It is checked again after up.");
}

/** What is public without an annotation is refused; with one, it must be for that host alone and by TLS. */
function judgeOpening(
  kind: string,
  node: ObjectNode,
  isFor: (spec: Readonly<Record<string, unknown>>, host: string) => boolean,
  refuse: Tell,
  note: Tell,
): void {
  const host = text(record(record(node.value["metadata"])["annotations"])[ASKED_HOST]);
  if (host === undefined || host === "") refuse(`the ${kind} makes a public load balancer`, "spec");
  else if (isFor(record(node.value["spec"]), host))
    note(`the ${kind} opens ${shown(host)} to the internet`, "spec", "Its annotation asks for it.");
  else refuse(`the ${kind} opens more than ${shown(host)} by TLS, for which its annotation asks`, "spec");
}

/** Every rule is for the host, which has a certificate. */
function isIngressFor(spec: Readonly<Record<string, unknown>>, host: string): boolean {
  const rules = list(spec["rules"]);
  const certified = list(spec["tls"]).flatMap((tls) => (record(tls)["secretName"] ? list(record(tls)["hosts"]) : []));
  return (
    rules.length > 0 &&
    rules.every((rule) => record(rule)["host"] === host) &&
    certified.includes(host) &&
    spec["defaultBackend"] === undefined
  );
}

/** It listens by HTTPS, and by HTTP on the port from which a route redirects; what names a host names this one. */
function isGatewayFor(spec: Readonly<Record<string, unknown>>, host: string): boolean {
  const listeners = list(spec["listeners"]).map(record);
  return (
    listeners.some(({ protocol }) => protocol === "HTTPS") &&
    listeners.every(
      ({ protocol, port, hostname }) =>
        (protocol === "HTTPS" || (protocol === "HTTP" && port === 80)) && (hostname === undefined || hostname === host),
    )
  );
}

/** The class of an Ingress: its property, or the annotation that was before it. */
function ingressClass({ value }: ObjectNode): unknown {
  const annotations = record(record(value["metadata"])["annotations"]);
  return text(record(value["spec"])["ingressClassName"]) ?? annotations["kubernetes.io/ingress.class"];
}

/** A control plane has no public address, or only listed ranges reach it. */
function judgeControlPlane({ value }: ObjectNode, refuse: Tell): void {
  const endpoints = record(record(value["controlPlaneEndpointsConfig"])["ipEndpointsConfig"]);
  if (endpoints["enabled"] === false || endpoints["enablePublicEndpoint"] === false) return;
  if (isOn(record(value["privateClusterConfig"])["enablePrivateEndpoint"])) return;
  const authorised = value["masterAuthorizedNetworksConfig"] ?? endpoints["authorizedNetworksConfig"];
  if (!isRecord(authorised)) {
    refuse("everybody can reach the control plane's address", "controlPlaneEndpointsConfig");
    return;
  }
  const open = list(authorised["cidrBlocks"])
    .map((block) => record(block)["cidrBlock"])
    .filter((range) => isOneOf(EVERYWHERE, range));
  if (open.length > 0)
    refuse(`the control plane's address is open to ${shown(open.join(", "))}`, "masterAuthorizedNetworksConfig");
}

function judgeFirewall({ value }: ObjectNode, refuse: Tell): void {
  if (text(value["direction"]) === "EGRESS" || list(value["allows"]).length === 0 || value["disabled"] === true) return;
  const open = list(value["sourceRanges"]).filter((range) => isOneOf(EVERYWHERE, range));
  if (open.length > 0) refuse(`the firewall lets ${shown(open.join(", "))} in`, "sourceRanges");
}
