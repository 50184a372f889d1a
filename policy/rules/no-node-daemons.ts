import { isRestricted, NAMESPACES_SCHEMA } from "../reading/namespaces";
import { isVariable } from "../reading/node-paths";
import { isOneOf, isUnknown, list, record, shown, spelled, text } from "../reading/values";
import type { ObjectNode } from "../reading/object-node";
import { MAX_TEXT_LENGTH } from "../reading/text/encodings";
import { decoded, isEncoded } from "../reading/walk";
import { Findings, type ResourceRule } from "../rule";
import {
  addressArgument,
  ADDRESS_AT_END,
  ADDRESS_FROM_SCHEME,
  addressReference,
  DAEMON_PORTS,
  DAEMON_VARIABLES,
  INSIDE_THE_POD,
  MACHINE_BELOW,
  NODE_ADDRESS_FIELDS,
  NODE_NAMES,
} from "../tables/daemons";
import { nsa } from "../tables/standards";
import { words } from "../tables/words";

/** Properties without which an object tells nobody about a daemon. */
const RELEVANT_KEYS = [...DAEMON_VARIABLES, ...words(`value valueFrom env envs command args entrypoints hosts kind`)];

/** The ways to the node's daemon that need no mount. */
export const noNodeDaemons: ResourceRule = {
  name: "no-node-daemons",
  description: "No container is pointed at a daemon of its node, by environment, arguments or the node's address.",
  level: "mandatory",
  severity: "critical",
  standards: nsa("Kubernetes Pod security"),
  url: "https://docs.docker.com/engine/security/protect-access/",
  breaks: [
    "DOCKER_HOST=tcp://10.128.0.7:2375, tcp://$(HOST_IP):2375 or ssh://…",
    "status.hostIP put into DOCKER_HOST, or into anything in a restricted namespace",
    "args: [-H, tcp://…], --host=ssh://… or sh -c 'DOCKER_HOST=tcp://… docker ps'",
    "daemon.json with hosts on an address that others can reach",
  ],
  obeys: [
    "DOCKER_HOST=tcp://127.0.0.1:2376, tcp://localhost:2376 or unix:///…",
    "status.hostIP for a metrics agent in somebody else's namespace",
  ],
  instead: "Talk to a daemon in the same pod: DOCKER_HOST=tcp://127.0.0.1:2376 with DOCKER_TLS_VERIFY=1.",
  settings: { namespaces: NAMESPACES_SCHEMA },
  check: (resource, config) => {
    const findings = new Findings();
    const known = new Map<unknown, Variables>();
    for (const node of resource.index.withAnyKey(RELEVANT_KEYS)) {
      const { value } = node;
      const restricted = isRestricted(resource, node, config);
      const variables = variablesAround(node, known);
      const { refuse, note } = findings.at(resource, node);
      const judge = (address: string, how: string, key: string) => {
        const verdict = judgeAddress(address, variables);
        if (verdict === "own" || (verdict === "other" && !restricted && !isSsh(address))) return;
        const what = verdict === "node" ? "a daemon of the node" : "a daemon outside the pod";
        refuse(`${how} is set to ${what}`, key);
      };

      for (const name of DAEMON_VARIABLES) {
        const direct = isEncoded(node) ? decoded(text(value[name]) ?? "") : text(value[name]);
        if (direct !== undefined) judge(direct, name, name);
      }
      const variable = text(value["name"]) ?? "a variable";
      if (isVariable(node) && DAEMON_VARIABLES.includes(variable)) {
        const address = text(value["value"]);
        if (address !== undefined) judge(address, variable, "value");
        else if (value["valueFrom"] !== undefined && (restricted || isNodeAddress(value)))
          refuse(`${variable} takes its value from elsewhere`, "valueFrom");
        else note(`${variable} could not be checked`, "value", "Give it as a plain value.");
      } else if (isVariable(node) && restricted && isNodeAddress(value)) {
        refuse(`${shown(variable)} is the node's address`, "valueFrom");
      } else if (isVariable(node) && isUnknown(value["name"])) {
        note("the variable's name is known only after up", "name", "It is checked again then.");
      }
      for (const entry of [...list(value["env"]), ...list(value["envs"])]) {
        const [, name, address = ""] = /^([A-Z_]+)=(.*)/s.exec(text(entry) ?? "") ?? [];
        if (isOneOf(DAEMON_VARIABLES, name)) judge(address, name, "env");
      }
      for (const way of waysToNode(node)) refuse(way, "spec");
      for (const address of addressesIn(node, variables)) judge(address, "the daemon in the arguments", "args");
      for (const host of openHosts(node)) {
        const found = `the daemon listens on ${shown(host)}, where others reach it`;
        refuse(found, "hosts", "Listen on unix:// and tcp://127.0.0.1 only.");
      }
    }
    return findings;
  },
};

const argument = new RegExp(addressArgument, "g");
const references = new RegExp(addressReference, "g");
const fromScheme = new RegExp(ADDRESS_FROM_SCHEME);
const atEnd = new RegExp(ADDRESS_AT_END);

/** Variables of a container, by name. */
type Variables = ReadonlyMap<unknown, unknown>;

/** Variables that are called after the node; Kubernetes calls a Service's address NAME_SERVICE_HOST. */
const NAMES_NODE = /(^|_)(node|host)(_?(ip|name|addr|address))?$/i;

/** Properties that hold a container's words. */
const WORDS = ["entrypoints", "command", "args"];

/** The addresses of daemons in a container's words, also those that it takes from its own variables. */
function addressesIn({ value }: ObjectNode, variables: () => Variables): readonly string[] {
  if (!WORDS.some((key) => key in value)) return [];
  const words = WORDS.flatMap((key) => [value[key]].flat());
  const line = words
    .flatMap((word) => text(word) ?? [])
    .join(" ")
    .slice(0, MAX_TEXT_LENGTH);
  const names = new Set([...line.matchAll(references)].map((match) => match.at(-1) ?? ""));
  const given = [...names].flatMap((name) => text(record(variables().get(name))["value"]) ?? []);
  return [line, ...given.map((literal) => `-H ${literal}`)]
    .flatMap((text) => [...text.matchAll(argument)])
    .map(([found]) => (fromScheme.exec(found) ?? atEnd.exec(found))?.[0] ?? "");
}

/** A variable may name another, which may name another; each round puts one in. */
const MAX_ROUNDS = 8;

/** `own`: inside the pod; `node`: plainly the node; `other`: somewhere else, such as a Service. */
function judgeAddress(address: string, variables: () => Variables, round = 0): "own" | "node" | "other" {
  const spelled = address.trim();
  if (spelled === "" || new RegExp(INSIDE_THE_POD, "i").test(spelled)) return "own";
  const host = /^[a-z+]+:\/\/(?:[^@/]*@)?([^:/]*)/i.exec(spelled)?.[1] ?? spelled.replace(/:\d+$/, "");
  const reference = /\$[({]?(\w+)/.exec(host)?.[1];
  if (reference !== undefined) {
    const literal = text(record(variables().get(reference))["value"]);
    if (literal !== undefined && round < MAX_ROUNDS)
      return judgeAddress(
        spelled.replace(/\$[({]?\w+[)}]?/, () => literal),
        variables,
        round + 1,
      );
    return (NAMES_NODE.test(reference) && !/_SERVICE_HOST$/.test(reference)) ||
      isNodeAddress(record(variables().get(reference)))
      ? "node"
      : "other";
  }
  if (/^[\d.]+$|^\[|^0x/i.test(host) || new RegExp(NODE_NAMES, "i").test(host)) return "node";
  return "other";
}

/** Whether a port, in whichever of the two words for it, is one of a daemon. */
function isDaemonPort(port: unknown): boolean {
  const { port: number, number: inIstio } = record(port);
  return DAEMON_PORTS.map(String).includes(spelled(number ?? inIstio));
}

/** What leads from a Service to a daemon of a node: its endpoints are addresses of machines, or its name is one's. */
function waysToNode({ value }: ObjectNode): readonly string[] {
  const spec = record(value["spec"]);
  const slices =
    value["kind"] === "EndpointSlice" || value["kind"] === "Endpoints"
      ? [value, ...list(value["subsets"]).map(record)]
      : [];
  const entries = value["kind"] === "ServiceEntry" ? [spec] : [];
  const found = [...slices, ...entries].flatMap((each) => {
    return list(each["ports"]).some(isDaemonPort) && machinesOf(each).length > 0
      ? [`it leads to a daemon at ${shown(machinesOf(each).join(", "))}`]
      : [];
  });
  const name = text(spec["externalName"]);
  if (value["kind"] !== "Service" || name === undefined) return found;
  const isHost = new RegExp(MACHINE_BELOW, "i").test(name);
  const isNode = new RegExp(NODE_NAMES, "i").test(name) || /^[\d.]+$/.test(name);
  return isHost || (isNode && list(spec["ports"]).some(isDaemonPort))
    ? [...found, `its name leads to ${shown(name)}, a node`]
    : found;
}

/** Addresses of endpoints that are no pods. */
function machinesOf(endpoints: Readonly<Record<string, unknown>>): readonly string[] {
  const given = [...list(endpoints["endpoints"]), ...list(endpoints["addresses"])].map(record);
  return given
    .filter((each) => record(each["targetRef"])["kind"] !== "Pod")
    .flatMap((each) => [...list(each["addresses"]), each["ip"], each["address"]])
    .flatMap((address) => text(address) ?? []);
}

/** SSH is a way to a machine, never to a neighbour container. */
function isSsh(address: string): boolean {
  return /^\s*ssh:/i.test(address);
}

/** Whether a variable's value is the address of the node. */
function isNodeAddress(variable: Readonly<Record<string, unknown>>): boolean {
  return isOneOf(NODE_ADDRESS_FIELDS, record(record(variable["valueFrom"])["fieldRef"])["fieldPath"]);
}

/** Looks for the variables of the container around a node, by name, when one is asked for; `known` are those of lists seen before. */
function variablesAround(node: ObjectNode, known: Map<unknown, Variables>): () => Variables {
  return () => {
    let at: ObjectNode | undefined = node;
    while (at !== undefined && !Array.isArray(at.value["env"])) at = at.parent;
    const env = at?.value["env"];
    const variables = known.get(env) ?? new Map(list(env).map((entry) => [record(entry)["name"], entry]));
    known.set(env, variables);
    return variables;
  };
}

/** Addresses of a daemon's configuration on which others reach it. */
function openHosts({ key, value }: ObjectNode): readonly string[] {
  if (!/daemon\.json$/.test(key)) return [];
  return list(value["hosts"]).flatMap((entry) => {
    const host = text(entry) ?? "";
    // Who talks to 0.0.0.0 stays inside the pod; who listens on it does not.
    const open = host.includes("0.0.0.0") || !new RegExp(INSIDE_THE_POD, "i").test(host);
    return /^tcp:/i.test(host) && open ? [host] : [];
  });
}
