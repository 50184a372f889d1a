import { isOneOf, isRecord, list, record, shown, text } from "../reading/values";
import { RESTRICTED_VOLUMES } from "../tables/pod-security";
import { BASELINE, CAPABILITIES, HOST_PATHS, hasOwnUsers, joined, PROC_MOUNT, unmasked } from "./baseline";
import { contextOf, ofEveryContainer, ofEveryContext, type Control, type Value } from "./pod";

/** Windows has neither capabilities nor seccomp, and its API takes no word about them. */
export function isWindows(spec: Value): boolean {
  return record(spec["os"])["name"] === "windows";
}

const VOLUME_TYPES: Control = {
  name: "Volume Types",
  check: ({ spec }, tell) => {
    for (const volume of list(spec["volumes"]).map(record)) {
      const others = Object.keys(volume).filter(
        (key) => key !== "name" && isRecord(volume[key]) && !RESTRICTED_VOLUMES.includes(key),
      );
      if (others.length > 0)
        tell(`the volume ${shown(text(volume["name"]) ?? "")} is of type ${joined(others)}`, "volumes");
    }
  },
};

export const PRIVILEGE_ESCALATION = ofEveryContainer("Privilege Escalation", (container, { spec }) =>
  isWindows(spec) || contextOf(container)["allowPrivilegeEscalation"] === false
    ? undefined
    : ["allowPrivilegeEscalation is not false", "securityContext.allowPrivilegeEscalation"],
);

const NON_ROOT: Control = {
  name: "Running as Non-root",
  check: (pod, tell) => {
    if (hasOwnUsers(pod.spec)) return;
    const ofPod = contextOf(pod.spec)["runAsNonRoot"];
    if (ofPod === false) tell("runAsNonRoot is false", "securityContext.runAsNonRoot");
    for (const container of pod.containers) {
      const own = contextOf(container.value)["runAsNonRoot"] ?? ofPod;
      if (own !== true) tell("runAsNonRoot is not true", "securityContext.runAsNonRoot", container);
    }
  },
};

const ROOT_USER = ofEveryContext("Running as Non-root user", (context) =>
  context["runAsUser"] === 0 ? ["runAsUser is 0", "runAsUser"] : undefined,
);

const NON_ROOT_USER: Control = {
  name: ROOT_USER.name,
  check: (pod, tell) => {
    if (!hasOwnUsers(pod.spec)) ROOT_USER.check(pod, tell);
  },
};

const SECCOMP_SET = ofEveryContainer("Seccomp", (container, { spec }) => {
  const profile = contextOf(container)["seccompProfile"] ?? contextOf(spec)["seccompProfile"];
  return isWindows(spec) || isOneOf(["RuntimeDefault", "Localhost"], record(profile)["type"])
    ? undefined
    : ["seccompProfile is neither RuntimeDefault nor Localhost", "securityContext.seccompProfile"];
});

const CAPABILITIES_DROPPED = ofEveryContainer("Capabilities", (container, { spec }) => {
  if (isWindows(spec)) return undefined;
  const { add, drop } = record(contextOf(container)["capabilities"]);
  const added = list(add).filter((name) => name !== "NET_BIND_SERVICE");
  if (added.length > 0) return [`it adds ${joined(added)}`, "securityContext.capabilities.add"];
  return list(drop).includes("ALL") ? undefined : ["it does not drop ALL", "securityContext.capabilities.drop"];
});

/** Controls of the baseline that the restricted profile has a stricter one for. */
const REPLACED: readonly Control[] = [CAPABILITIES, HOST_PATHS, PROC_MOUNT];

/** The restricted profile of the Pod Security Standards: the baseline and more. */
export const RESTRICTED: readonly Control[] = [
  ...BASELINE.filter((control) => !REPLACED.includes(control)),
  VOLUME_TYPES,
  PRIVILEGE_ESCALATION,
  NON_ROOT,
  NON_ROOT_USER,
  SECCOMP_SET,
  CAPABILITIES_DROPPED,
  ofEveryContainer("/proc Mount Type", unmasked),
];
