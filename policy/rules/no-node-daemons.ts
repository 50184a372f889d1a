import { isClosed, namespacesSchema } from "../reading/namespaces";
import { isRecord, list, record, shown, text } from "../reading/values";
import type { Site } from "../reading/walk";
import { finding, Findings, type ResourceRule } from "../rule";
import { addressArgument, daemonVariables, insideThePod, nodeAddressFields, nodeNames } from "../tables/daemons";

const instead = "Talk to the pod's own daemon: DOCKER_HOST=tcp://127.0.0.1:2376 with DOCKER_TLS_VERIFY=1.";

/** Properties without which an object tells nobody about a daemon. */
const telling = [...daemonVariables, "value", "valueFrom", "env", "envs", "command", "args", "hosts"];

/** The ways to the node's daemon that need no mount. */
export const noNodeDaemons: ResourceRule = {
  name: "no-node-daemons",
  description: "No container is pointed at a daemon of its node, by environment, arguments or the node's address.",
  level: "mandatory",
  severity: "critical",
  breaks: [
    "DOCKER_HOST=tcp://10.128.0.7:2375, tcp://$(HOST_IP):2375 or ssh://…",
    "status.hostIP put into DOCKER_HOST, or into anything in a namespace of GoCD",
    "args: [-H, tcp://…] or --host=ssh://…",
    "daemon.json with hosts on an address that others can reach",
  ],
  obeys: [
    "DOCKER_HOST=tcp://127.0.0.1:2376, tcp://localhost:2376 or unix:///…",
    "status.hostIP for a metrics agent in somebody else's namespace",
  ],
  instead,
  settings: { namespaces: namespacesSchema },
  check: (subject, config) => {
    const findings = new Findings();
    for (const site of subject.walked.having(telling)) {
      const { value } = site;
      const closed = isClosed(site, config);
      const judge = (address: string, how: string, key: string) => {
        const verdict = judgeAddress(address, variablesAround(site));
        if (verdict === "own" || (verdict === "other" && !closed && !isSsh(address))) return;
        const what = verdict === "node" ? "a daemon of the node" : "a daemon outside the pod";
        findings.refused.push(finding(subject, site, `${how} is set to ${what}`, instead, key));
      };

      for (const name of daemonVariables) {
        const direct = text(value[name]);
        if (direct !== undefined) judge(direct, name, name);
      }
      const variable = text(value["name"]) ?? "";
      if (site.key === "env" && daemonVariables.includes(variable)) {
        const address = text(value["value"]);
        if (address !== undefined) judge(address, variable, "value");
        else if (value["valueFrom"] !== undefined && (closed || isNodeAddress(value))) {
          findings.refused.push(
            finding(subject, site, `${variable} takes its value from elsewhere`, instead, "valueFrom"),
          );
        } else
          findings.noted.push(
            finding(subject, site, `${variable} could not be checked`, "Give it as a plain value.", "value"),
          );
      } else if (site.key === "env" && closed && isNodeAddress(value)) {
        findings.refused.push(finding(subject, site, `${shown(variable)} is the node's address`, instead, "valueFrom"));
      }
      for (const entry of [...list(value["env"]), ...list(value["envs"])]) {
        const [, name = "", address = ""] = /^([A-Z_]+)=(.*)$/s.exec(text(entry) ?? "") ?? [];
        if (daemonVariables.includes(name)) judge(address, name, "env");
      }
      const line = [...list(value["command"]), ...list(value["args"])].flatMap((word) => text(word) ?? []).join(" ");
      for (const match of `${line} ${text(value["command"]) ?? ""}`.matchAll(new RegExp(addressArgument, "g"))) {
        judge(match[0].slice(match[0].search(/(tcp|ssh|https?|npipe):/)), "the daemon in the arguments", "args");
      }
      for (const host of openHosts(site)) {
        findings.refused.push(
          finding(
            subject,
            site,
            `the daemon listens on ${shown(host)}, where others reach it`,
            "Listen on unix:// and tcp://127.0.0.1 only.",
            "hosts",
          ),
        );
      }
    }
    return findings;
  },
};

/** Variables that are called after the node; Kubernetes calls a Service's address NAME_SERVICE_HOST. */
const namesNode = /(^|_)(node|host)(_?(ip|name|addr|address))?$/i;

/** `own`: inside the pod; `node`: plainly the node; `other`: somewhere else, such as a Service. */
function judgeAddress(address: string, variables: ReadonlyMap<string, unknown>): "own" | "node" | "other" {
  const spelled = address.trim();
  if (spelled === "" || new RegExp(insideThePod, "i").test(spelled)) return "own";
  const host = /^[a-z+]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/i.exec(spelled)?.[1] ?? spelled.replace(/:\d+$/, "");
  const reference = /\$[({]?(\w+)/.exec(host)?.[1];
  if (reference !== undefined) {
    return (namesNode.test(reference) && !/_SERVICE_HOST$/.test(reference)) ||
      isNodeAddress(record(variables.get(reference)))
      ? "node"
      : "other";
  }
  if (/^[\d.]+$|^\[|^0x/i.test(host) || new RegExp(nodeNames, "i").test(host)) return "node";
  return "other";
}

/** SSH is a way to a machine, never to a neighbour container. */
function isSsh(address: string): boolean {
  return /^\s*ssh:/i.test(address);
}

/** Whether a variable's value is the address of the node. */
function isNodeAddress(variable: Readonly<Record<string, unknown>>): boolean {
  const field = text(record(record(variable["valueFrom"])["fieldRef"])["fieldPath"]) ?? "";
  return nodeAddressFields.includes(field);
}

/** The variables of the container around a site, by name. */
function variablesAround(site: Site): ReadonlyMap<string, unknown> {
  for (let at: Site | undefined = site; at !== undefined; at = at.parent) {
    if (Array.isArray(at.value["env"])) {
      return new Map(
        list(at.value["env"]).flatMap((entry) =>
          isRecord(entry) ? [[text(entry["name"]) ?? "", entry] as const] : [],
        ),
      );
    }
  }
  return new Map();
}

/** Addresses of a daemon's configuration on which others reach it. */
function openHosts({ key, value }: Site): readonly string[] {
  if (!/daemon\.json$/.test(key)) return [];
  return list(value["hosts"]).flatMap((entry) => {
    const host = text(entry) ?? "";
    const listensEverywhere = /^tcp:\/\/(0\.0\.0\.0)?(:|$)/i.test(host);
    return /^tcp:/i.test(host) && (listensEverywhere || !new RegExp(insideThePod, "i").test(host)) ? [host] : [];
  });
}
