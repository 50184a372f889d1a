import { asksForPrivilege, dindImagesSchema, isOfDaemonWithOwnUsers, matchesDindSidecar } from "../reading/dind";
import { isOn, isOneOf, list, record, shown, text } from "../reading/values";
import type { ObjectNode } from "../reading/object-node";
import { Findings, type ResourceRule } from "../rule";
import { DIND } from "../tables/dind";
import { DANGEROUS_CAPABILITIES, UNCONFINED_SELINUX_TYPES } from "../tables/privileges";
import { cis, nsa, psa } from "../tables/standards";
import { words } from "../tables/words";

/** Properties without which an object asks for no privilege. */
const RELEVANT_KEYS =
  words(`privileged add adds capAdd capAdds capabilityAdds procMount seLinuxOptions securityOpts grantPermissions
  grantAllPermissions adminAccess seccompProfile appArmorProfile annotations`);

/** One container is privileged, and it is recognised by all that it is. */
export const noPrivilegedContainers: ResourceRule = {
  name: "no-privileged-containers",
  description:
    "No container is privileged or has a capability that amounts to it, but for one Docker daemon that is recognised.",
  level: "mandatory",
  severity: "critical",
  standards: [
    ...psa(
      "baseline: Privileged Containers",
      "baseline: Capabilities",
      "baseline: /proc Mount Type",
      "baseline: SELinux",
    ),
    ...cis("5.2.2", "5.2.9"),
    ...nsa("Kubernetes Pod security"),
  ],
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  breaks: [
    "privileged: true in any container, init container, ephemeral container or docker.Container",
    "dind's image, privileged, with another command, other arguments, mounts, hooks, probes or environment",
    `capabilities.add with ${DANGEROUS_CAPABILITIES.slice(0, 4).join(", ")} and the like, with or without CAP_`,
    "procMount: Unmasked; SELinux type spc_t",
  ],
  obeys: [
    "the agents' own dind sidecar, recognised by name, image, arguments and mounts together",
    "procMount: Unmasked of that sidecar in a pod with hostUsers: false",
    "capabilities.add: [NET_BIND_SERVICE]",
  ],
  instead: "Drop it; what builds images can do so without (rootless BuildKit, Kaniko).",
  settings: { dindImages: dindImagesSchema },
  check: (resource, config) => {
    const findings = new Findings();
    for (const node of resource.index.withAnyKey(RELEVANT_KEYS)) {
      const { value } = node;
      const { refuse, note } = findings.at(resource, node);
      if (asksForPrivilege(value)) {
        const container = node.key === "securityContext" && node.parent !== undefined ? node.parent : node;
        const { missing, unknown } = matchesDindSidecar(resource, container, config);
        if (missing.length > 0) {
          const almost =
            container.value["name"] === DIND.name
              ? `, and the container is not the daemon that may be: it ${missing.join(", ")}`
              : "";
          refuse(`the container is privileged${almost}`, "privileged");
        } else {
          for (const what of unknown) {
            const found = `${DIND.name} is privileged and its ${what} is known only after up`;
            const key = what === "image" ? what : undefined;
            findings.at(resource, container).note(found, key, "It is checked again then.");
          }
        }
      }
      for (const key of ["add", "adds", "capAdd", "capAdds", "capabilityAdds"]) {
        const dangerous = [value[key]].flat(2).filter(isDangerous);
        if (dangerous.length === 0 || (key.startsWith("add") && node.key !== "capabilities")) continue;
        const container = node.parent?.parent;
        if (
          node.key === "capabilities" &&
          container !== undefined &&
          matchesDindSidecar(resource, container, config).missing.length === 0
        )
          continue;
        refuse(`capabilities ${dangerous.map((name) => shown(name)).join(", ")} let the container out`, key);
      }
      for (const { name, values } of list(value["grantPermissions"]).map(record)) {
        if (name === "allow-all-devices" && list(values).some(isOn))
          refuse("it is granted all devices", "grantPermissions");
        const granted = name === "capabilities" ? list(values).filter(isDangerous) : [];
        if (granted.length > 0) refuse(`it is granted ${shown(granted.join(", "))}`, "grantPermissions");
      }
      if (isOn(value["grantAllPermissions"])) {
        const list = "List what it needs in grantPermissions.";
        note("it is granted whatever the plug-in asks for", "grantAllPermissions", list);
      }
      const isOwn = () => isOfDaemonWithOwnUsers(resource, node, config);
      if (text(value["procMount"])?.toLowerCase() === "unmasked" && !isOwn())
        refuse("procMount Unmasked opens the kernel's settings", "procMount");
      // How docker.Container spells the same.
      if ([value["securityOpts"]].flat().includes("systempaths=unconfined"))
        refuse("systempaths=unconfined opens the kernel's settings", "securityOpts");
      if (isOn(value["adminAccess"])) refuse("adminAccess gives it the devices of other pods", "adminAccess");
      for (const [key, what] of unconfined(value))
        if (!isOwn()) note(`${what} confines nothing`, key, "Leave it out, or name a profile.");
      const selinux = record(value["seLinuxOptions"])["type"];
      if (isOneOf(UNCONFINED_SELINUX_TYPES, selinux))
        refuse(`SELinux type ${selinux} confines nothing`, "seLinuxOptions");
    }
    return findings;
  },
};

/** Profiles that are switched off: no way out by themselves, but nothing stands in the way of one. */
function unconfined(value: ObjectNode["value"]): readonly (readonly [key: string, what: string])[] {
  const profiles = ["seccompProfile", "appArmorProfile"].filter((key) => record(value[key])["type"] === "Unconfined");
  const options = [value["securityOpts"]]
    .flat()
    .filter((option) =>
      /^(seccomp|apparmor)[=:]unconfined$|^label[=:]disable$|^no-new-privileges[=:]false$/.test(text(option) ?? ""),
    );
  const annotations = Object.entries(record(value["annotations"])).filter(
    ([name, profile]) =>
      profile === "unconfined" &&
      /^(container\.apparmor\.security\.beta|(container\.)?seccomp\.security\.alpha)\.kubernetes\.io\/|^seccomp-profile\.kubernetes\.cri-o\.io/.test(
        name,
      ),
  );
  return [
    ...profiles.map((key) => [key, `${key} Unconfined`] as const),
    ...options.map((option) => ["securityOpts", String(option)] as const),
    ...annotations.map(([name]) => ["annotations", `the annotation ${shown(name)}`] as const),
  ];
}

function isDangerous(capability: unknown): capability is string {
  return (
    typeof capability === "string" &&
    DANGEROUS_CAPABILITIES.includes(capability.trim().toUpperCase().replace(/^CAP_/, ""))
  );
}
