import type { Visitors } from "../guardrails/network-policies";
import { googleSources, type GoogleSpec } from "../google-access/google";
import { frontPeers, isIssued, type FrontSpec } from "./front";

/** How people reach GoCD. */
type Way =
  | { readonly mode: "port-forward" }
  | { readonly mode: "google"; readonly google: GoogleSpec }
  | { readonly mode: "ingress" | "gateway"; readonly front: FrontSpec };

/** Who brings people to the server, for the network policies; nobody where each comes by `kubectl port-forward`. */
export function visitorsOf(way: Way): Visitors | undefined {
  switch (way.mode) {
    case "port-forward":
      return undefined;
    case "google":
      return { from: googleSources(way.google).map((cidr) => ({ ipBlock: { cidr } })), solver: false };
    case "ingress":
    case "gateway":
      return { from: frontPeers(way.front.from), solver: isIssued(way.front) };
  }
}
