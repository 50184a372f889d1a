import { isOn, list, record, text } from "../reading/values";
import { finding, Findings, type ResourceRule } from "../rule";
import { dind } from "../tables/dind";
import { hostSwitches } from "../tables/privileges";

const instead = "Leave it out; a pod has network, processes and memory of its own.";

const switches = Object.entries(hostSwitches);
/** How docker.Container spells the same. */
const modes = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"];
const networks = ["networksAdvanced", "networksAdvanceds"];
const staticPodAnnotations = ["kubernetes.io/config.mirror", "kubernetes.io/config.source"];

/** Properties without which an object shares nothing. */
const relevantKeys = [
  ...Object.keys(hostSwitches),
  ...modes,
  ...staticPodAnnotations,
  "windowsOptions",
  "targetContainerName",
  ...networks,
];

/** No pod shares a namespace with its node, nor its containers' processes with each other. */
export const noHostNamespaces: ResourceRule = {
  name: "no-host-namespaces",
  description: "No pod joins its node's network, processes or memory, and no container sees the processes of another.",
  level: "mandatory",
  severity: "critical",
  breaks: [
    "hostNetwork, hostPID, hostIPC or shareProcessNamespace: true",
    "Windows hostProcess: true",
    "docker.Container with networkMode host",
    "a static pod's annotation (kubernetes.io/config.mirror)",
    "an ephemeral container that targets dind",
  ],
  obeys: ["hostNetwork: false", "hostUsers: false, which is a user namespace of the pod's own"],
  instead,
  check: (resource) => {
    const findings = new Findings();
    for (const node of resource.index.withAnyKey(relevantKeys)) {
      const { value } = node;
      const refuse = (found: string, key: string) =>
        findings.refused.push(finding(resource, node, found, instead, key));
      for (const [key, what] of switches) if (isOn(value[key])) refuse(`${key} opens ${what}`, key);
      for (const key of modes) {
        if (text(value[key]) === "host") refuse(`${key} is the host's`, key);
      }
      for (const key of networks) {
        if (list(value[key]).some((network) => record(network)["name"] === "host"))
          refuse(`${key} names the host's`, key);
      }
      if (isOn(record(value["windowsOptions"])["hostProcess"]))
        refuse("hostProcess runs the container as a process of the node", "windowsOptions");
      for (const key of staticPodAnnotations) {
        if (node.key === "annotations" && typeof value[key] === "string" && value[key] !== "api") {
          refuse(`the annotation ${key} passes the pod off as a static pod of the node`, key);
        }
      }
      if (node.key === "ephemeralContainers" && value["targetContainerName"] === dind.name) {
        refuse(`it joins the processes of ${dind.name}, the privileged container`, "targetContainerName");
      }
    }
    return findings;
  },
};
