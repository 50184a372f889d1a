import type { Rule } from "./rule";
import { certificatesNotExpiring } from "./rules/certificates-not-expiring";
import { disksProtected } from "./rules/disks-protected";
import { imagesByDigest } from "./rules/images-by-digest";
import { imagesPinned } from "./rules/images-pinned";
import { noClaimsOnNodeVolumes } from "./rules/no-claims-on-node-volumes";
import { noHostNamespaces } from "./rules/no-host-namespaces";
import { noHostPaths } from "./rules/no-host-paths";
import { noNodeDaemons } from "./rules/no-node-daemons";
import { noPrivilegedContainers } from "./rules/no-privileged-containers";
import { noRuntimeSockets } from "./rules/no-runtime-sockets";
import { nothingPublic } from "./rules/nothing-public";
import { gatekeeperPodSecurity } from "./rules/gatekeeper-pod-security";
import { noPrivilegeEscalation } from "./rules/no-privilege-escalation";
import { psaBaseline } from "./rules/psa-baseline";
import { psaRestricted } from "./rules/psa-restricted";
import { readOnlyHostPaths } from "./rules/read-only-host-paths";
import { wellFormedPods } from "./rules/well-formed-pods";

/** Every rule, the weightiest first. */
export const RULES: readonly Rule[] = [
  noRuntimeSockets,
  noPrivilegedContainers,
  noHostNamespaces,
  noNodeDaemons,
  noHostPaths,
  noClaimsOnNodeVolumes,
  imagesPinned,
  imagesByDigest,
  disksProtected,
  nothingPublic,
  certificatesNotExpiring,
  wellFormedPods,
  psaBaseline,
  psaRestricted,
  gatekeeperPodSecurity,
  noPrivilegeEscalation,
  readOnlyHostPaths,
];
