import { DAEMON_PORTS, MACHINE_BELOW, NODE_NAMES } from "../../policy/tables/daemons";
import type { Rule } from "./admission-pods";
import { either, quoted } from "./cel";

/** Where Services and what stands behind them say where they lead to. */
const PROPERTIES = ["spec", "subsets", "endpoints"] as const;

/** The three kinds have no property in common, so nothing here is checked by type: `dyn` says so. */
const AFTER = "dyn(object)";
const BEFORE = "dyn(oldObject)";

/** Kubernetes writes a slice without endpoints or ports with `null` for them, which cannot be looked through. */
const isThere = (property: string) => `has(${property}) && ${property} != null`;

/** Whether an update changes where an object leads to. */
export const LEADS_ELSEWHERE = either(
  PROPERTIES.map(
    (property) =>
      `has(${AFTER}.${property}) && (!has(${BEFORE}.${property}) || ${AFTER}.${property} != ${BEFORE}.${property})`,
  ),
);

/** Services that lead to a daemon of a node: by a name, or by addresses that are no pods'. */
export function serviceRules(): readonly Rule[] {
  const isDaemon = (holder: string) =>
    `${isThere(`${holder}.ports`)} && ${holder}.ports.exists(p, has(p.port) && int(p.port) in [${DAEMON_PORTS.join(", ")}])`;
  const isMachine = "!has(e.targetRef) || !has(e.targetRef.kind) || e.targetRef.kind != 'Pod'";
  const name = `${AFTER}.spec.externalName`;
  const isNode = `${name}.lowerAscii().matches(${quoted(`${NODE_NAMES}|^[0-9.]+$`)}) && ${isDaemon(`${AFTER}.spec`)}`;
  const byName = `has(${AFTER}.spec) && has(${name}) && (${either([`${name}.lowerAscii().matches(${quoted(MACHINE_BELOW)})`, isNode])}) ? [string(${name})] : []`;
  const slices = `${isThere(`${AFTER}.endpoints`)} && ${isDaemon(AFTER)} ? ${AFTER}.endpoints.filter(e, ${isMachine}).map(e, string(e.addresses[0])) : []`;
  const subsets = `${isThere(`${AFTER}.subsets`)} ? ${AFTER}.subsets.filter(s, ${isDaemon("s")} && ${isThere("s.addresses")} && s.addresses.exists(e, ${isMachine})).map(s, string(s.addresses[0].ip)) : []`;
  return [
    {
      offenders: [byName, slices, subsets].map((each) => `(${each})`).join(" + "),
      message: "a Service leads to pods and hosts and never to a daemon of a node, as it would at",
    },
  ];
}
