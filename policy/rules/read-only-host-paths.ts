import { withMendedContainers } from "../profiles/mend";
import { judgePods, type Control, type Value } from "../profiles/pod";
import { isRecord, list, record, shown, text } from "../reading/values";
import type { ResourceRule } from "../rule";
import { cis, nsa } from "../tables/standards";

/** Names of a pod's volumes that are paths of its node. */
function hostPathsOf(pod: Value): readonly unknown[] {
  return list(pod["volumes"])
    .map(record)
    .filter(({ hostPath }) => isRecord(hostPath))
    .map(({ name }) => name);
}

const READ_ONLY: Control = {
  name: "host paths",
  check: (pod, tell) => {
    const volumes = hostPathsOf(pod.spec);
    for (const container of pod.containers) {
      for (const { name, readOnly } of list(container.value["volumeMounts"]).map(record))
        if (volumes.includes(name) && readOnly !== true)
          tell(`it can write to the volume ${shown(text(name) ?? "")}`, "volumeMounts", container);
    }
  },
};

/** Who may only read a path of the node cannot plant anything there. */
export const readOnlyHostPaths: ResourceRule = {
  name: "read-only-host-paths",
  description: "Every mount of a path of the node is read-only.",
  level: "disabled",
  severity: "medium",
  standards: [...cis("5.2.12"), ...nsa("Kubernetes Pod security")],
  url: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  breaks: ["a hostPath volume that a container mounts without readOnly: true"],
  obeys: ["readOnly: true", "a volume that is no host path"],
  instead: "Mount it with readOnly: true.",
  check: (resource) => judgePods(resource, [READ_ONLY]),
  remedy: (type, properties) => withMendedContainers(type, properties, mended),
};

/** A mount that says `readOnly: false` itself stays as it is, and is refused. */
function mended(container: Value, pod: Value): Value | undefined {
  const volumes = hostPathsOf(pod);
  const saysNothing = ({ name, readOnly }: Value) =>
    typeof name === "string" && volumes.includes(name) && (readOnly === undefined || readOnly === null);
  const mounts = list(container["volumeMounts"]);
  if (!mounts.some((mount) => saysNothing(record(mount)))) return undefined;
  return {
    ...container,
    volumeMounts: mounts.map((mount) => (saysNothing(record(mount)) ? { ...record(mount), readOnly: true } : mount)),
  };
}
