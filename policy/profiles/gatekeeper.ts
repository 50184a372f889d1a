import { isOn, isOneOf, isRecord, list, record, shown, spelled, text } from "../reading/values";
import { BASELINE, joined } from "./baseline";
import { profileOf, seccompOf } from "./gatekeeper-profiles";
import { FS_GROUP, USERS } from "./gatekeeper-users";
import { contextOf, ofEveryContainer, type Container, type Control, type Pod, type Value } from "./pod";

/** Makes a control from the parameters of a constraint. */
type Constraint = (name: string, parameters: Value) => Control;

/** Whether an entry is one of a constraint's, where `*` stands for any ending. */
function matchesAny(patterns: unknown, value: string): boolean {
  return list(patterns).some((pattern) => {
    const wanted = text(pattern) ?? "";
    return wanted.endsWith("*") ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
  });
}

/** A constraint without the containers whose images it exempts. */
function exempting(control: Control, parameters: Value): Control {
  const isExempt = ({ value }: Container) => matchesAny(parameters["exemptImages"], text(value["image"]) ?? "");
  return {
    name: control.name,
    check: (pod, tell) => {
      control.check({ ...pod, containers: pod.containers.filter((container) => !isExempt(container)) }, tell);
    },
  };
}

/** A control of the Pod Security Standards under a constraint's name. */
function asInBaseline(standard: string): Constraint {
  return (name) => ({ name, check: BASELINE.find((control) => control.name === standard)?.check ?? (() => undefined) });
}

const CAPABILITIES: Constraint = (name, { allowedCapabilities, requiredDropCapabilities }) => {
  const upper = (given: unknown) => list(given).map((each) => spelled(each).toUpperCase());
  const [allowed, required] = [upper(allowedCapabilities), upper(requiredDropCapabilities)];
  return ofEveryContainer(name, (container) => {
    const { add, drop } = record(contextOf(container)["capabilities"]);
    const others = upper(add).filter((each) => !allowed.includes("*") && !allowed.includes(each));
    if (others.length > 0) return [`it adds ${joined(others)}`, "securityContext.capabilities.add"];
    const kept = required.filter((each) => !upper(drop).includes(each));
    return kept.length > 0 && !upper(drop).includes("ALL")
      ? [`it does not drop ${joined(kept)}`, "securityContext.capabilities.drop"]
      : undefined;
  });
};

const volumesOf = ({ spec }: Pod) => list(spec["volumes"]).map(record);
const nameOf = (volume: Value) => shown(text(volume["name"]) ?? "");

const FLEX_VOLUMES: Constraint = (name, { allowedFlexVolumes }) => ({
  name,
  check: (pod, tell) => {
    const drivers = list(allowedFlexVolumes).map((each) => record(each)["driver"]);
    for (const volume of volumesOf(pod))
      if (isRecord(volume["flexVolume"]) && !drivers.includes(volume["flexVolume"]["driver"]))
        tell(`the volume ${nameOf(volume)} has a driver that is not allowed`, "volumes");
  },
});

const VOLUME_TYPES: Constraint = (name, { volumes }) => ({
  name,
  check: (pod, tell) => {
    for (const volume of volumesOf(pod)) {
      const others = Object.keys(volume).filter((key) => key !== "name" && !list(volumes).includes(key));
      if (others.length > 0 && !list(volumes).includes("*"))
        tell(`the volume ${nameOf(volume)} is of type ${joined(others)}`, "volumes");
    }
  },
});

const HOST_FILESYSTEM: Constraint = (name, { allowedHostPaths }) => ({
  name,
  check: (pod, tell) => {
    for (const volume of volumesOf(pod)) {
      const path = text(record(volume["hostPath"])["path"]);
      if (path === undefined) continue;
      const fitting = list(allowedHostPaths)
        .map(record)
        .filter((each) => isBelow(text(each["pathPrefix"]) ?? "", path));
      const isFree = fitting.some((each) => each["readOnly"] !== true);
      if (!isFree && (fitting.length === 0 || canWrite(pod, volume["name"])))
        tell(`the volume ${nameOf(volume)} is the host path ${shown(path)}, which is not allowed so`, "volumes");
    }
  },
});

function isBelow(prefix: string, path: string): boolean {
  const steps = (each: string) => each.split("/").filter((step) => step !== "");
  const inner = steps(path);
  return steps(prefix).every((step, i) => step === inner[i]);
}

function canWrite({ containers }: Pod, volume: unknown): boolean {
  return containers.some(({ value }) =>
    list(value["volumeMounts"])
      .map(record)
      .some((mount) => mount["name"] === volume && mount["readOnly"] !== true),
  );
}

const SYSCTLS: Constraint = (name, { allowedSysctls, forbiddenSysctls }) => ({
  name,
  check: ({ spec }, tell) => {
    for (const sysctl of list(contextOf(spec)["sysctls"]).map((each) => text(record(each)["name"]) ?? "")) {
      const isForbidden = matchesAny(forbiddenSysctls, sysctl);
      if (isForbidden || (allowedSysctls !== undefined && !matchesAny(allowedSysctls, sysctl)))
        tell(`it sets ${shown(sysctl)}`, "securityContext.sysctls");
    }
  },
});

const HOST_NAMESPACES: Constraint = (name) => ({
  name,
  check: ({ spec }, tell) => {
    for (const key of ["hostPID", "hostIPC"]) if (isOn(spec[key])) tell(`${key} is true`, key);
  },
});

const HOST_PORTS: Constraint = (name, { hostNetwork, min, max }) => {
  const isOutside = (port: unknown) =>
    typeof port === "number" && ((typeof min === "number" && port < min) || (typeof max === "number" && port > max));
  const ofContainers = ofEveryContainer(name, (container) => {
    const ports = list(container["ports"])
      .map((port) => record(port)["hostPort"])
      .filter(isOutside);
    return ports.length > 0 ? [`it opens ports of the node: ${joined(ports)}`, "ports"] : undefined;
  });
  return {
    name,
    check: (pod, tell) => {
      if (!isOn(hostNetwork) && isOn(pod.spec["hostNetwork"])) tell("hostNetwork is true", "hostNetwork");
      ofContainers.check(pod, tell);
    },
  };
};

const PROC_MOUNT: Constraint = (name, { procMount }) =>
  ofEveryContainer(name, (container) => {
    const type = contextOf(container)["procMount"];
    const isAllowed = /^unmasked$/i.test(spelled(procMount)) || type === undefined || type === null;
    return isAllowed || /^default$/i.test(spelled(type))
      ? undefined
      : [`procMount is ${joined([type])}`, "securityContext.procMount"];
  });

const READ_ONLY_ROOT: Constraint = (name) =>
  ofEveryContainer(name, (container) =>
    contextOf(container)["readOnlyRootFilesystem"] === true
      ? undefined
      : ["its root file system can be written to", "securityContext.readOnlyRootFilesystem"],
  );

const ESCALATION: Constraint = (name) =>
  ofEveryContainer(name, (container) =>
    contextOf(container)["allowPrivilegeEscalation"] === false
      ? undefined
      : ["allowPrivilegeEscalation is not false", "securityContext.allowPrivilegeEscalation"],
  );

const APPARMOR: Constraint = (name, { allowedProfiles }) =>
  ofEveryContainer(name, (container, pod) => {
    const profile = profileOf(container, pod);
    return list(allowedProfiles).includes(profile)
      ? undefined
      : [`the AppArmor profile is ${shown(profile)}`, "securityContext.appArmorProfile"];
  });

const SECCOMP: Constraint = (name, parameters) =>
  ofEveryContainer(name, (container, pod) => {
    const profile = seccompOf(container, pod, parameters);
    return profile === undefined
      ? undefined
      : [`the seccomp profile is ${shown(profile)}`, "securityContext.seccompProfile"];
  });

const SELINUX: Constraint = (name, { allowedSELinuxOptions }) => {
  const isAllowed = (options: Value) =>
    list(allowedSELinuxOptions)
      .map(record)
      .some((allowed) =>
        ["level", "role", "type", "user"].every((key) => options[key] === undefined || options[key] === allowed[key]),
      );
  const problem = (value: Value) => {
    const options = contextOf(value)["seLinuxOptions"];
    return isRecord(options) && !isAllowed(options);
  };
  return {
    name,
    check: (pod, tell) => {
      const found = "the SELinux options are not allowed";
      if (problem(pod.spec)) tell(found, "securityContext.seLinuxOptions");
      for (const container of pod.containers)
        if (problem(container.value)) tell(found, "securityContext.seLinuxOptions", container);
    },
  };
};

/** The constraints of gatekeeper-library's pod security set, by their kind. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  K8sPSPAllowPrivilegeEscalationContainer: ESCALATION,
  K8sPSPAppArmor: APPARMOR,
  K8sPSPCapabilities: CAPABILITIES,
  K8sPSPFlexVolumes: FLEX_VOLUMES,
  K8sPSPForbiddenSysctls: SYSCTLS,
  K8sPSPFSGroup: FS_GROUP,
  K8sPSPHostFilesystem: HOST_FILESYSTEM,
  K8sPSPHostNamespace: HOST_NAMESPACES,
  K8sPSPHostNetworkingPorts: HOST_PORTS,
  K8sPSPHostProbesLifecycle: asInBaseline("Host Probes / Lifecycle Hooks"),
  K8sPSPHostProcess: asInBaseline("HostProcess"),
  K8sPSPPrivilegedContainer: asInBaseline("Privileged Containers"),
  K8sPSPProcMount: PROC_MOUNT,
  K8sPSPReadOnlyRootFilesystem: READ_ONLY_ROOT,
  K8sPSPSeccomp: SECCOMP,
  K8sPSPSeccompV2: SECCOMP,
  K8sPSPSELinuxV2: SELINUX,
  K8sPSPAllowedUsers: USERS,
  K8sPSPVolumeTypes: VOLUME_TYPES,
};

/** The kinds of constraints that configuration can name. */
export const CONSTRAINT_KINDS: readonly string[] = Object.keys(CONSTRAINTS);

/** The controls that configuration asks for: parameters by the kind of constraint. */
export function configuredControls(constraints: unknown): readonly Control[] {
  return Object.entries(record(constraints)).flatMap(([kind, given]) => {
    const parameters = record(given);
    const control = isOneOf(CONSTRAINT_KINDS, kind) ? CONSTRAINTS[kind]?.(kind, parameters) : undefined;
    return control === undefined ? [] : [exempting(control, parameters)];
  });
}
