import { isRecord, list, record, spelled, text } from "../reading/values";
import { contextOf, type Pod, type Value } from "./pod";

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_ANNOTATION = "container.seccomp.security.alpha.kubernetes.io/";
const SECCOMP_POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";

/** The AppArmor profile of a container, in the spelling of annotations. */
export function profileOf(container: Value, { spec, annotations }: Pod): string {
  const own = contextOf(container)["appArmorProfile"];
  if (isRecord(own)) return profileNamed(own);
  return (
    text(annotations[`${APPARMOR_ANNOTATION}${text(container["name"]) ?? ""}`]) ??
    profileNamed(record(contextOf(spec)["appArmorProfile"]))
  );
}

function profileNamed({ type = "RuntimeDefault", localhostProfile }: Value): string {
  if (type === "RuntimeDefault") return "runtime/default";
  return type === "Localhost" ? `localhost/${spelled(localhostProfile)}` : spelled(type).toLowerCase();
}

/** The seccomp profile of a container that a constraint does not allow; undefined when it allows it. */
export function seccompOf(
  container: Value,
  { spec, annotations }: Pod,
  { allowedProfiles, allowedLocalhostFiles }: Value,
): string | undefined {
  const allowed = list(allowedProfiles);
  if (allowed.includes("*")) return undefined;
  const profile = [contextOf(container)["seccompProfile"], contextOf(spec)["seccompProfile"]].find(isRecord);
  const annotation =
    annotations[`${SECCOMP_ANNOTATION}${text(container["name"]) ?? ""}`] ?? annotations[SECCOMP_POD_ANNOTATION];
  if (profile === undefined) {
    const named = text(annotation) ?? "not configured";
    const isAnyFile = named.startsWith("localhost/") && allowed.includes("localhost/*");
    return allowed.includes(named) || isAnyFile ? undefined : named;
  }
  const { type, localhostProfile } = profile;
  const spellings =
    type === "RuntimeDefault" ? [type, "runtime/default", "docker/default"] : [type, profileNamed(profile)];
  if (type !== "Localhost") return spellings.some((each) => allowed.includes(each)) ? undefined : spelled(type);
  const files = list(allowedLocalhostFiles);
  const isAllowed =
    allowed.includes(profileNamed(profile)) ||
    allowed.includes("localhost/*") ||
    (allowed.includes("Localhost") && (files.includes("*") || files.includes(localhostProfile)));
  return isAllowed ? undefined : profileNamed(profile);
}
