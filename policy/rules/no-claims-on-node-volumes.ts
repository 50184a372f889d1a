import { isRestricted, isRestrictedNamespace, NAMESPACES_SCHEMA } from "../reading/namespaces";
import { isVolumeSpec, volumePaths } from "../reading/node-paths";
import { judgePath } from "../reading/paths";
import { isOneOf, isRecord, isUnknown, list, record, shown, text } from "../reading/values";
import type { ObjectNode } from "../reading/object-node";
import type { RuleConfig, ResourceView } from "../reading/resource-view";
import { Findings, type StackRule } from "../rule";
import { NODE_DRIVERS, NODE_PROVISIONERS } from "../tables/volumes";
import { cis, psa } from "../tables/standards";

/** A PersistentVolume whose data is the node's. */
interface NodeVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly className: string;
  /** Whether what it holds gives the node away, or is only a directory. */
  readonly dangerous: boolean;
  readonly boundToGocd: boolean;
}

/** Whether an object can be a volume, a claim or a class: most can not, and a stack has many. */
function mayMatter({ key, value }: ObjectNode): boolean {
  return key === "spec" || "provisioner" in value;
}

/** A claim is only as harmless as the volume that it is aimed at, which is another resource. */
export const noClaimsOnNodeVolumes: StackRule = {
  name: "no-claims-on-node-volumes",
  description: "No claim is aimed, by name, selector or class, at a volume that is a directory or disk of a node.",
  level: "mandatory",
  severity: "critical",
  standards: [...psa("baseline: HostPath Volumes"), ...cis("5.2.12")],
  url: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume",
  breaks: [
    "volumeName or selector of a claim, claim template or ephemeral volume that leads to a PersistentVolume with hostPath /var/run",
    "the same in a restricted namespace, whatever the path",
    "a claim of a class of this stack whose provisioner hands out the node's directories",
  ],
  obeys: ["a claim of a dynamic class", "volumeName of a volume that is a disk"],
  instead: "Aim the claim at a disk of its own: a dynamic class, or a volume of a CSI driver.",
  settings: { namespaces: NAMESPACES_SCHEMA },
  checkStack: (resources, config) => {
    const findings = new Findings();
    const nodes = resources.flatMap((resource) =>
      resource.index.nodes.filter(mayMatter).map((node) => ({ resource, node })),
    );
    const volumes = nodes.flatMap(({ resource, node }) => nodeVolume(resource, node, config) ?? []);
    const names = nodes.filter(({ node }) => isVolumeSpec(node)).map(({ resource, node }) => nameOf(resource, node));
    const classes = nodes
      .filter(({ node }) => isOneOf(NODE_PROVISIONERS, node.value["provisioner"]))
      .map(({ resource, node }) => nameOf(resource, node));
    for (const { resource, node } of nodes) {
      if (!isClaimSpec(node)) continue;
      const volumeName = text(node.value["volumeName"]);
      const className = node.value["storageClassName"];
      const restricted = isRestricted(resource, node, config);
      const { refuse, note } = findings.at(resource, node);
      for (const volume of volumes.filter((each) => leadsTo(node, each))) {
        if (restricted || volume.dangerous || volume.boundToGocd)
          refuse(`the claim leads to the volume ${shown(volume.name)}, which is the node's`);
      }
      if (isOneOf(classes, className))
        refuse(`the class ${shown(className)} hands out directories or disks of the node`, "storageClassName");
      if (isUnknown(node.value["volumeName"])) {
        note("the claim's volume is known only after up", "volumeName", "It is checked again then.");
      } else if (volumeName !== undefined && !names.includes(volumeName) && !boundByKubernetes(node)) {
        const found = `the volume ${shown(volumeName)} is not in this program and could not be checked`;
        note(found, "volumeName", "Make sure that it is a disk of its own.");
      }
    }
    return findings;
  },
};

function nodeVolume(resource: ResourceView, node: ObjectNode, config: RuleConfig): NodeVolume | undefined {
  if (!isVolumeSpec(node)) return undefined;
  const paths = volumePaths(resource, node);
  const byDriver = isOneOf(NODE_DRIVERS, record(node.value["csi"])["driver"]) || isRecord(node.value["flexVolume"]);
  if (paths.length === 0 && !byDriver) return undefined;
  return {
    name: nameOf(resource, node),
    labels: record(record(node.owner.value["metadata"])["labels"]),
    className: text(node.value["storageClassName"]) ?? "",
    dangerous: byDriver || paths.some(({ path }) => path === undefined || judgePath(path) !== undefined),
    boundToGocd: isRestrictedNamespace(record(node.value["claimRef"])["namespace"], config),
  };
}

function nameOf(resource: ResourceView, node: ObjectNode): string {
  const owner = node.owner;
  return text(record(owner.value["metadata"])["name"]) ?? (owner.parent === undefined ? resource.name : "");
}

/** Whether an object is the specification of a claim. */
function isClaimSpec(node: ObjectNode): boolean {
  const { key, value, parent } = node;
  if (key !== "spec" || parent === undefined || isVolumeSpec(node)) return false;
  return (
    isOneOf(["PersistentVolumeClaim", "PersistentVolumeClaimPatch"], parent.value["kind"]) ||
    isOneOf(["volumeClaimTemplate", "volumeClaimTemplates"], parent.key) ||
    "accessModes" in value
  );
}

/**
 * Whether Kubernetes chose the volume, which it then wrote into the claim: after the first refresh the program's own claims have
 * one. The annotation is the volume controller's (`pv.kubernetes.io/bound-by-controller`, pkg/controller/volume/persistentvolume).
 */
function boundByKubernetes({ parent }: ObjectNode): boolean {
  const annotations = record(record(parent?.value["metadata"])["annotations"]);
  return annotations["pv.kubernetes.io/bound-by-controller"] === "yes";
}

/** Whether a claim can be bound to a volume: by name, or by selector and class together. */
function leadsTo({ value }: ObjectNode, volume: NodeVolume): boolean {
  if (value["volumeName"] !== undefined && value["volumeName"] !== "") return value["volumeName"] === volume.name;
  const { selector, storageClassName } = value;
  const sameClass = (text(storageClassName) ?? "") === volume.className;
  // Without a selector the empty class has to be said: a claim that says none gets the cluster's default class.
  if (!isRecord(selector)) return sameClass && storageClassName !== undefined;
  const matchLabels = Object.entries(record(selector["matchLabels"]));
  const labelled = matchLabels.every(([key, wanted]) => volume.labels[key] === wanted || isUnknown(wanted));
  // Expressions are taken to match: a wrong guess asks a question too many, the other way round it asks one too few.
  return (
    labelled &&
    (matchLabels.length > 0 || list(selector["matchExpressions"]).length > 0) &&
    (sameClass || storageClassName === undefined)
  );
}
