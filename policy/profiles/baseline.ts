import { isOn, isOneOf, isRecord, list, record, shown, spelled, text } from "../reading/values";
import { BASELINE_CAPABILITIES, CONTAINER_SELINUX_TYPES, SAFE_SYSCTLS } from "../tables/pod-security";
import { contextOf, ofEveryContainer, ofEveryContext, type Control, type Value } from "./pod";

/** A list in words of a message. */
export function joined(values: readonly unknown[]): string {
  return shown(values.map(spelled).join(", "));
}

/** Whether a pod is in a user namespace of its own, where root is nobody on the node. */
export function hasOwnUsers(spec: Value): boolean {
  return spec["hostUsers"] === false;
}

const HOST_NAMESPACES: Control = {
  name: "Host Namespaces",
  check: ({ spec }, tell) => {
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) if (isOn(spec[key])) tell(`${key} is true`, key);
  },
};

export const HOST_PATHS: Control = {
  name: "HostPath Volumes",
  check: ({ spec }, tell) => {
    for (const volume of list(spec["volumes"]).map(record))
      if (isRecord(volume["hostPath"]))
        tell(`the volume ${shown(text(volume["name"]) ?? "")} is a host path`, "volumes");
  },
};

const HOST_PORTS = ofEveryContainer("Host Ports", (container) => {
  const ports = list(container["ports"])
    .map((port) => record(port)["hostPort"])
    .filter((port) => port !== undefined && port !== null && port !== 0);
  return ports.length > 0 ? [`it opens ports of the node: ${joined(ports)}`, "ports"] : undefined;
});

const HANDLERS = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
] as const;

const HOST_PROBES: Control = {
  name: "Host Probes / Lifecycle Hooks",
  check: (pod, tell) => {
    for (const container of pod.containers) {
      for (const [outer, inner] of HANDLERS) {
        const handler =
          inner === undefined ? record(container.value[outer]) : record(record(container.value[outer])[inner]);
        for (const way of ["httpGet", "tcpSocket"]) {
          const host = text(record(handler[way])["host"]) ?? "";
          if (host !== "") tell(`a probe or hook goes to ${shown(host)}`, inner ?? outer, container);
        }
      }
    }
  },
};

const PRIVILEGED = ofEveryContainer("Privileged Containers", (container) =>
  isOn(contextOf(container)["privileged"]) ? ["it is privileged", "securityContext.privileged"] : undefined,
);

export const CAPABILITIES = ofEveryContainer("Capabilities", (container) => {
  const added = list(record(contextOf(container)["capabilities"])["add"]).filter(
    (name) => !isOneOf(BASELINE_CAPABILITIES, name),
  );
  return added.length > 0 ? [`it adds ${joined(added)}`, "securityContext.capabilities.add"] : undefined;
});

const APPARMOR: Control = {
  name: "AppArmor",
  check: (pod, tell) => {
    PROFILES.check(pod, tell);
    for (const [name, profile] of Object.entries(pod.annotations)) {
      const isProfile = name.startsWith("container.apparmor.security.beta.kubernetes.io/");
      if (isProfile && !/^(runtime\/default$|localhost\/|$)/.test(spelled(profile)))
        tell(`the annotation ${shown(name)} is ${shown(spelled(profile))}`, "metadata.annotations");
    }
  },
};

const PROFILES = ofEveryContext("AppArmor", (context) => {
  const profile = context["appArmorProfile"];
  const type = record(profile)["type"];
  return isRecord(profile) && !isOneOf(["RuntimeDefault", "Localhost"], type)
    ? [`the profile is ${joined([type])}`, "appArmorProfile.type"]
    : undefined;
});

const SELINUX = ofEveryContext("SELinux", (context) => {
  const { type, user, role } = record(context["seLinuxOptions"]);
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";
  if (isSet(type) && !isOneOf(CONTAINER_SELINUX_TYPES, type))
    return [`the type is ${joined([type])}`, "seLinuxOptions.type"];
  return isSet(user) || isSet(role) ? ["user or role is set", "seLinuxOptions"] : undefined;
});

/** Whether a container's /proc is masked as usual. */
export function unmasked(container: Value): readonly [found: string, key: string] | undefined {
  const type = contextOf(container)["procMount"];
  return type !== undefined && type !== null && type !== "Default"
    ? [`procMount is ${joined([type])}`, "securityContext.procMount"]
    : undefined;
}

export const PROC_MOUNT = ofEveryContainer("/proc Mount Type", (container, { spec }) =>
  hasOwnUsers(spec) ? undefined : unmasked(container),
);

const SECCOMP = ofEveryContext("Seccomp", (context) => {
  const profile = context["seccompProfile"];
  const type = record(profile)["type"];
  return isRecord(profile) && !isOneOf(["RuntimeDefault", "Localhost"], type)
    ? [`the profile is ${joined([type])}`, "seccompProfile.type"]
    : undefined;
});

const SYSCTLS: Control = {
  name: "Sysctls",
  check: ({ spec }, tell) => {
    const names = list(contextOf(spec)["sysctls"]).map((sysctl) => record(sysctl)["name"]);
    const unsafe = names.filter((name) => !isOneOf(SAFE_SYSCTLS, name));
    if (unsafe.length > 0) tell(`it sets ${joined(unsafe)}`, "securityContext.sysctls");
  },
};

const HOST_PROCESS = ofEveryContext("HostProcess", (context) =>
  isOn(record(context["windowsOptions"])["hostProcess"])
    ? ["it is a process of a Windows node", "windowsOptions.hostProcess"]
    : undefined,
);

/** The baseline of the Pod Security Standards. */
export const BASELINE: readonly Control[] = [
  HOST_PROCESS,
  HOST_NAMESPACES,
  PRIVILEGED,
  CAPABILITIES,
  HOST_PATHS,
  HOST_PORTS,
  HOST_PROBES,
  APPARMOR,
  SELINUX,
  PROC_MOUNT,
  SECCOMP,
  SYSCTLS,
];
