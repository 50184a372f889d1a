import { chosenAnywhere, chosenFor, HOST_PATHS_SETTINGS } from "../reading/host-paths-setting";
import { isRestricted, isRestrictedNamespace, NAMESPACES_SCHEMA } from "../reading/namespaces";
import { isPodVolume, isVolumeSpec, volumePaths } from "../reading/node-paths";
import { judgePath } from "../reading/paths";
import { isOneOf, isRecord, isUnknown, record, shown, text } from "../reading/values";
import type { ObjectNode } from "../reading/object-node";
import type { RuleConfig } from "../reading/resource-view";
import { Findings, type ResourceRule } from "../rule";
import { NODE_DRIVERS, NODE_ITSELF, NODE_PROVISIONERS, REFUSED_SOURCES, SERVER_ATTRIBUTES } from "../tables/volumes";
import { cis, nsa, psa } from "../tables/standards";
import { words } from "../tables/words";

/** Properties without which an object is no volume of the node. */
const relevantKeys = [...words(`hostPath sourcePath local csi nfs iscsi provisioner`), ...Object.keys(REFUSED_SOURCES)];

const refusedSources = Object.entries(REFUSED_SOURCES);
/** Volumes that somebody serves; most volumes are none. */
const SERVED = ["csi", "nfs", "iscsi"];

const STORAGE_CLASSES = ["StorageClass", "StorageClassPatch"];

/** No disk of the node in restricted namespaces; nowhere a volume that leads to the node by another name. */
export const noHostPaths: ResourceRule = {
  name: "no-host-paths",
  description:
    "Pods of restricted namespaces mount no path of their node, and nobody's volume leads to the node by another name.",
  level: "mandatory",
  severity: "high",
  standards: [...psa("baseline: HostPath Volumes"), ...cis("5.2.12"), ...nsa("Kubernetes Pod security")],
  url: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  breaks: [
    "any hostPath in a restricted namespace, such as GoCD's (setting `namespaces`)",
    "PersistentVolume with hostPath or local that claimRef binds to a restricted namespace",
    "FlexVolume, gitRepo, the csi-hostpath driver, nfs or iscsi served by 127.0.0.1",
    "StorageClass whose provisioner hands out the node's directories",
  ],
  obeys: [
    "hostPath /var/log in somebody else's namespace (noted)",
    "a claim from a dynamic CSI class",
    "nfs from another host",
  ],
  instead: "Claim a volume of a storage class that makes disks of their own, or use an emptyDir.",
  settings: { namespaces: NAMESPACES_SCHEMA, ...HOST_PATHS_SETTINGS },
  check: (resource, config) => {
    const findings = new Findings();
    for (const node of resource.index.withAnyKey(relevantKeys)) {
      const { value } = node;
      const { refuse, note } = findings.at(resource, node);
      if (isPodVolume(node) || isVolumeSpec(node)) {
        const restricted = isVolumeSpec(node) ? bindsRestricted(node, config) : isRestricted(resource, node, config);
        const paths = volumePaths(resource, node);
        for (const { key, path, how } of paths) {
          const named = path === undefined ? `a ${how} that is not known or not text` : `${how} ${shown(path)}`;
          const chosen = path === undefined ? undefined : chosenFor(resource, node, path, config);
          if (chosen === undefined && restricted) refuse(`${named} is the node's, in a restricted namespace`, key);
          // What is not known yet is noted as such already; what gives the node away is refused by another rule.
          else if (
            path === undefined
              ? !isUnknown(value[key]) && !isUnknown(record(value[key])["path"])
              : judgePath(path) === undefined
          ) {
            const choice = chosen ?? (path === undefined ? undefined : chosenAnywhere(node, path, config));
            if (typeof choice === "object") refuse(`${named} is a directory of the node, ${choice.refused}`, key);
            else if (choice !== "allowed") note(`${named} is a directory of the node`, key);
          }
        }
        for (const [key, what] of refusedSources) {
          if (value[key] !== undefined && value[key] !== null) refuse(what, key);
        }
        if (!SERVED.some((key) => key in value)) continue;
        const driver = record(value["csi"])["driver"];
        if (isOneOf(NODE_DRIVERS, driver)) refuse(`the driver ${driver} hands out directories of the node`, "csi");
        const attributes = record(record(value["csi"])["volumeAttributes"]);
        for (const [key, given] of [
          ["nfs", record(value["nfs"])["server"]],
          ["iscsi", record(value["iscsi"])["targetPortal"]],
          ...SERVER_ATTRIBUTES.map((name) => ["csi", attributes[name]] as const),
        ] as const) {
          const server = text(given);
          if (server !== undefined && new RegExp(NODE_ITSELF, "i").test(server))
            refuse(`${key} from ${shown(server)}, the node itself`, key);
        }
      }
      const provisioner = value["provisioner"];
      if (isOneOf(NODE_PROVISIONERS, provisioner) && isOneOf(STORAGE_CLASSES, node.owner.value["kind"])) {
        refuse(`the provisioner ${provisioner} hands out directories or disks of the node`, "provisioner");
      }
    }
    return findings;
  },
};

/** Whether a PersistentVolume is for a claim in one of GoCD's namespaces; one whose claim is not known yet counts as such. */
function bindsRestricted(spec: ObjectNode, config: RuleConfig): boolean {
  const claimRef = spec.value["claimRef"];
  if (!isRecord(claimRef)) return isUnknown(claimRef);
  const namespace = claimRef["namespace"];
  return isUnknown(namespace) || isRestrictedNamespace(namespace, config);
}
