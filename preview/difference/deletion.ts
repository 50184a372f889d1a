import { providerUrn, type Registration } from "../run/registration";
import { mapOf, textOf } from "../run/wire";
import { claimEffects } from "./rollout";
import { kindOf } from "./rules/rules";
import type { TypeRules } from "./rules/rule";

/** What is gone and what is still there when a resource is deleted, and who would not let it be. */
export interface Deletion {
  readonly destroyed: string;
  readonly retained: string;
  /** Why it will not happen; empty when nothing stops it. */
  readonly refused: readonly string[];
}

/** What takes others with it: resources of the base that are removed or replaced, by URN, and namespaces by their names. */
export interface DeletedSet {
  readonly urns: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  /** URNs from which the provider of other resources takes values that ends with them. */
  readonly underProviders: ReadonlySet<string>;
}

/** Gathers what ends. */
export function deletedSet(resources: readonly Registration[]): DeletedSet {
  return {
    urns: new Set(resources.map(({ urn }) => urn)),
    underProviders: new Set(
      resources
        .filter(({ type }) => type.startsWith("pulumi:providers:"))
        .flatMap(({ propertyDependencies }) => Object.values(propertyDependencies).flat()),
    ),
    namespaces: new Set(
      resources.filter(({ type }) => kindOf(type) === "core/Namespace").map(({ inputs }) => metadata(inputs, "name")),
    ),
  };
}

const PROTECTED = "Pulumi refuses: the resource is protected";
/** It closes the provider first, and then finds no way to delete the objects. Stands in 3.276. */
const CLOSED =
  "Pulumi fails to replace a cluster with what is in it (pulumi/pulumi#14650): npm run down, then pulumi up with the change";

/** How a resource comes to be deleted. */
interface DeletionContext {
  readonly rules: TypeRules;
  /** What stops Pulumi from it. */
  readonly protect: boolean;
  readonly deleted: DeletedSet;
  /** What takes its place; absent when nothing does. */
  readonly successor?: Registration;
}

/** What the deletion of a resource means. */
export function deletion(resource: Registration, { rules, protect, deleted, successor }: DeletionContext): Deletion {
  if (!resource.custom) return { destroyed: "", retained: "", refused: protect ? [PROTECTED] : [] };
  const closed = successor !== undefined && deleted.underProviders.has(resource.urn);
  const refused = [...(protect ? [PROTECTED] : []), ...(closed ? [CLOSED] : []), ...providerRefuses(resource)];
  if (resource.retainOnDelete)
    return { destroyed: "", retained: "all of it, outside Pulumi (retainOnDelete)", refused };
  const volume = volumeEffects(resource);
  const whole = goesWith(resource, deleted);
  if (whole !== undefined) {
    const { destroyed, retained } = {
      destroyed: whole,
      retained: kindOf(resource.type) === "core/Namespace" || isClaim(resource) ? RETAINED : "",
    };
    return { destroyed: both(destroyed, volume.destroyed), retained: both(retained, volume.retained), refused };
  }
  const claims = claimEffects(resource, "whenDeleted");
  const elsewhere = successor !== undefined && isElsewhere(resource, successor);
  const destroyed = successor === undefined ? (rules.gone ?? rules.destroyed) : rules.destroyed;
  return {
    destroyed: both(destroyed, claims.destroyed, volume.destroyed),
    retained: both(
      rules.retained,
      claims.retained && elsewhere ? `${claims.retained}, but the new pods get claims of their own` : claims.retained,
      volume.retained,
    ),
    refused,
  };
}

const RETAINED = "the disks of volumes whose reclaim policy is Retain";

/** What is lost with the whole of which the resource is a part; undefined where that stays. */
function goesWith(resource: Registration, { urns, namespaces }: DeletedSet): string | undefined {
  if (resource.type === "gcp:container/nodePool:NodePool") {
    const cluster = resource.propertyDependencies["cluster"] ?? [];
    return cluster.some((urn) => urns.has(urn)) ? "its nodes, with their cluster" : undefined;
  }
  if (kindOf(resource.type) === undefined) return undefined;
  if (urns.has(providerUrn(resource))) return "what was in the old cluster";
  return namespaces.has(metadata(resource.inputs, "namespace")) ? "what was in the old namespace" : undefined;
}

/** What becomes of the disk behind a volume of Kubernetes. Volumes that people make themselves are retained by default. */
function volumeEffects({ type, inputs }: Registration): { readonly destroyed: string; readonly retained: string } {
  if (kindOf(type) !== "core/PersistentVolume") return { destroyed: "", retained: "" };
  if (mapOf(inputs["spec"])["persistentVolumeReclaimPolicy"] === "Delete")
    return { destroyed: "the disk behind it (persistentVolumeReclaimPolicy: Delete)", retained: "" };
  return { destroyed: "", retained: "the disk behind it (persistentVolumeReclaimPolicy: Retain)" };
}

/** True where the claims of the old one are not those of the new one: their names follow from its own. */
function isElsewhere({ inputs: before }: Registration, { inputs: after }: Registration): boolean {
  return (["name", "namespace"] as const).some((key) => metadata(before, key) !== metadata(after, key));
}

/** What stops Google's provider from deleting. */
function providerRefuses({ type, inputs }: Registration): string[] {
  const prevents = type.startsWith("gcp:") && inputs["deletionPolicy"] === "PREVENT";
  const protectedCluster = type === "gcp:container/cluster:Cluster" && inputs["deletionProtection"] !== false;
  return [
    ...(prevents ? ["Google's provider refuses: deletionPolicy is PREVENT"] : []),
    ...(protectedCluster ? ["Google's provider refuses: deletionProtection is on"] : []),
  ];
}

function isClaim({ type }: Registration): boolean {
  return kindOf(type) === "core/PersistentVolumeClaim";
}

/** Empty where there is none, or none that is known. */
function metadata(inputs: Registration["inputs"], key: "name" | "namespace"): string {
  return textOf(mapOf(inputs["metadata"])[key]);
}

function both(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join("; ");
}
