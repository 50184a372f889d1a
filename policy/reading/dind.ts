import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { isRestrictedNamespace } from "./namespaces";
import type { ResourceView, RuleConfig } from "./resource-view";
import { DIND } from "../tables/dind";
import { isOn, isRecord, isUnknown, list, record, text } from "./values";
import type { ObjectNode } from "./object-node";
import { words } from "../tables/words";

/** The setting that says which images are the daemon's. */
export const dindImagesSchema: PolicyConfigJSONSchema = {
  type: "array",
  items: { type: "string" },
  description: `Repositories of the image that may run privileged as \`${DIND.name}\`, without tag or digest, in any namespace; without this setting, in GoCD's namespaces alone, any whose last segment is ${DIND.repositories.join(" or ")}`,
};

/** What keeps a container from being the one that may be privileged; nothing when it is that container. */
export interface DindMatch {
  readonly missing: readonly string[];
  /** What is known only after up; where nothing is missing, everything else was recognised. */
  readonly unknown: readonly ("image" | "namespace")[];
}

/** Compares a container with the one that may be privileged, feature by feature. */
export function matchesDindSidecar(resource: ResourceView, container: ObjectNode, config: RuleConfig): DindMatch {
  const { value } = container;
  const missing: string[] = [];
  const want = (holds: boolean, what: string) => {
    if (!holds) missing.push(what);
  };
  want(value["name"] === DIND.name, `is not named ${DIND.name}`);
  want(
    container.key === "initContainers" && container.index !== undefined && value["restartPolicy"] === "Always",
    "is no native sidecar",
  );
  want(absent(value["command"]), "has a command");
  want(same(value["args"], DIND.args), `has arguments other than ${JSON.stringify(DIND.args)}`);
  for (const key of ["env", "envFrom", "lifecycle", "volumeDevices", "workingDir"])
    want(absent(value[key]), `has ${key}`);
  for (const key of ["startupProbe", "readinessProbe", "livenessProbe"]) {
    want(absent(value[key]) || isDindProbe(value[key]), `has a ${key} that is not ${DIND.probe.join(" ")}`);
  }
  want(hasDindMounts(value["volumeMounts"]), "has mounts other than the daemon's");
  want(hasVolumesOfItsOwn(container), "has volumes that are the node's");
  const isNamed = list(config["dindImages"]).length > 0;
  const namespace = namespaceGivenTo(resource, container);
  const unknown = { image: isUnknown(value["image"]), namespace: !isNamed && isUnknown(namespace) };
  want(
    isNamed || unknown.namespace || isRestrictedNamespace(namespace, {}),
    "is not in a namespace of GoCD, and no dindImages are configured",
  );
  if (!unknown.image)
    want(isDindImage(text(value["image"]) ?? "", config), "does not run the daemon's image by digest");
  return { missing, unknown: (["image", "namespace"] as const).filter((what) => unknown[what]) };
}

/** Whether what is set in a security context is the daemon's, in a pod with users of its own: there it opens nothing of the node. */
export function isOfDaemonWithOwnUsers(resource: ResourceView, context: ObjectNode, config: RuleConfig): boolean {
  const container = context.key === "securityContext" ? context.parent : undefined;
  if (container === undefined || container.parent?.value["hostUsers"] !== false) return false;
  return matchesDindSidecar(resource, container, config).missing.length === 0;
}

/** A property that is not set; a list without members sets nothing either. */
function absent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function same(value: unknown, wanted: readonly string[]): boolean {
  const members = list(value);
  return members.length === wanted.length && wanted.every((member, i) => member === members[i]);
}

function isDindProbe(probe: unknown): boolean {
  if (!isRecord(probe) || !same(record(probe["exec"])["command"], DIND.probe)) return false;
  return ["httpGet", "tcpSocket", "grpc"].every((key) => absent(probe[key]));
}

function hasDindMounts(value: unknown): boolean {
  const mounts = list(value);
  if (mounts.length !== DIND.mounts.length) return false;
  return DIND.mounts.every(({ name, mountPath, subPath }) =>
    mounts.some((mount) => {
      const has = record(mount);
      if (has["name"] !== name || has["mountPath"] !== mountPath || (has["subPath"] ?? "") !== subPath) return false;
      return absent(has["subPathExpr"]) && (absent(has["mountPropagation"]) || has["mountPropagation"] === "None");
    }),
  );
}

/** Volume sources that are a pod's own. */
const OWN_VOLUMES: ReadonlySet<string> = new Set(
  words(`name emptyDir configMap secret persistentVolumeClaim ephemeral projected`),
);

/** Whether no volume that the daemon mounts is of the node; what a claim leads to is another rule's question. */
function hasVolumesOfItsOwn({ parent }: ObjectNode): boolean {
  const mounted = new Set<string>(DIND.mounts.map(({ name }) => name));
  return list(parent?.value["volumes"])
    .map(record)
    .filter(({ name }) => typeof name !== "string" || mounted.has(name))
    .every((volume) => Object.keys(volume).every((key) => OWN_VOLUMES.has(key) || absent(volume[key])));
}

/** The namespace that a container's object is given, which a preview may not know: the engine asks again when it is made. */
function namespaceGivenTo({ defaultNamespace }: ResourceView, container: ObjectNode): unknown {
  for (let at: ObjectNode | undefined = container.owner; at !== undefined; at = at.parent?.owner) {
    const { metadata } = at.value;
    const namespace = isUnknown(metadata) ? metadata : (record(metadata)["namespace"] ?? at.value["namespace"]);
    if (namespace !== undefined && namespace !== "") return namespace;
  }
  return defaultNamespace;
}

function isDindImage(image: string, config: RuleConfig): boolean {
  const [reference = "", digest = ""] = image.split("@");
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return false;
  const repository = reference.replace(/:[^/:]*$/, "");
  const configured = list(config["dindImages"]).flatMap((entry) => text(entry) ?? []);
  if (configured.length > 0) return configured.includes(repository);
  return (DIND.repositories as readonly string[]).includes(repository.slice(repository.lastIndexOf("/") + 1));
}

/** Whether a container, or what stands for one, asks to be privileged. */
export function asksForPrivilege(value: Readonly<Record<string, unknown>>): boolean {
  return isOn(value["privileged"]);
}
