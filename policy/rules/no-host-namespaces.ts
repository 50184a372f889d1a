import { isOn, list, record, shown, text } from "../reading/values";
import { Findings, type ResourceRule } from "../rule";
import { DIND } from "../tables/dind";
import { HOST_SWITCHES, STATIC_POD_ANNOTATIONS } from "../tables/privileges";
import { cis, nsa, psa } from "../tables/standards";

const switches = Object.entries(HOST_SWITCHES);
/** How docker.Container spells the same. */
const MODES = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode", "utsMode"];
const NETWORKS = ["networksAdvanced", "networksAdvanceds"];

/** What a plug-in of Docker asks for of its machine's namespaces. */
const GRANTS = ["network", "pidhost", "ipchost"];

/** Properties without which an object shares nothing. */
const relevantKeys = [
  ...Object.keys(HOST_SWITCHES),
  ...MODES,
  ...STATIC_POD_ANNOTATIONS,
  "windowsOptions",
  "grantPermissions",
  "targetContainerName",
  ...NETWORKS,
];

/** No pod shares a namespace with its node, nor its containers' processes with each other. */
export const noHostNamespaces: ResourceRule = {
  name: "no-host-namespaces",
  description: "No pod joins its node's network, processes or memory, and no container sees the processes of another.",
  level: "mandatory",
  severity: "critical",
  standards: [
    ...psa("baseline: Host Namespaces", "baseline: HostProcess"),
    ...cis("5.2.3", "5.2.4", "5.2.5", "5.2.11"),
    ...nsa("Kubernetes Pod security"),
  ],
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  breaks: [
    "hostNetwork, hostPID, hostIPC or shareProcessNamespace: true",
    "Windows hostProcess: true",
    "docker.Container with networkMode host",
    "a static pod's annotation (kubernetes.io/config.mirror)",
    "an ephemeral container that targets dind",
  ],
  obeys: ["hostNetwork: false", "hostUsers: false, which is a user namespace of the pod's own"],
  instead: "Leave it out; a pod has network, processes and memory of its own.",
  check: (resource) => {
    const findings = new Findings();
    for (const node of resource.index.withAnyKey(relevantKeys)) {
      const { value } = node;
      const { refuse, note } = findings.at(resource, node);
      for (const [key, what] of switches) if (isOn(value[key])) refuse(`${key} opens ${what}`, key);
      for (const key of MODES) {
        const mode = text(value[key]) ?? "";
        if (mode === "host") refuse(`${key} is the host's`, key);
        if (/^(container|service):/.test(mode))
          note(`${key} is that of ${shown(mode)}, which could not be checked`, key);
      }
      for (const key of NETWORKS) {
        if (list(value[key]).some((network) => record(network)["name"] === "host"))
          refuse(`${key} names the host's`, key);
      }
      for (const { name, values } of list(value["grantPermissions"]).map(record)) {
        if (GRANTS.includes(text(name) ?? "") && list(values).some((each) => each === "host" || isOn(each)))
          refuse(`the grant of ${String(name)} is the host's`, "grantPermissions");
      }
      if (isOn(record(value["windowsOptions"])["hostProcess"]))
        refuse("hostProcess runs the container as a process of the node", "windowsOptions");
      for (const key of STATIC_POD_ANNOTATIONS) {
        if (node.key === "annotations" && typeof value[key] === "string" && value[key] !== "api") {
          refuse(`the annotation ${key} passes the pod off as a static pod of the node`, key);
        }
      }
      if (node.key === "ephemeralContainers" && value["targetContainerName"] === DIND.name) {
        refuse(`it joins the processes of ${DIND.name}, the privileged container`, "targetContainerName");
      }
    }
    return findings;
  },
};
