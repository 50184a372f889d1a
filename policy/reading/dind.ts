import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { RuleConfig } from "./resource-view";
import { DIND } from "../tables/dind";
import { isOn, isRecord, isUnknown, list, record, text } from "./values";
import type { ObjectNode } from "./object-node";

/** The setting that says which images are the daemon's. */
export const dindImagesSchema: PolicyConfigJSONSchema = {
  type: "array",
  items: { type: "string" },
  description: `Repositories of the image that may run privileged as \`${DIND.name}\`, without tag or digest; without this setting any whose last segment is ${DIND.repositories.join(" or ")}`,
};

/** What keeps a container from being the one that may be privileged; nothing when it is that container. */
export interface DindMatch {
  readonly missing: readonly string[];
  /** Whether the image is known only after up: then everything else was recognised. */
  readonly imageUnknown: boolean;
}

/** Compares a container with the one that may be privileged, feature by feature. */
export function matchesDindSidecar(container: ObjectNode, config: RuleConfig): DindMatch {
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
  const imageUnknown = isUnknown(value["image"]);
  if (!imageUnknown) want(isDindImage(text(value["image"]) ?? "", config), "does not run the daemon's image by digest");
  return { missing, imageUnknown };
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
