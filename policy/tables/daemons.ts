// How a container is told which daemon to talk to. Plain data.
import { words } from "./words";

/** Environment variables that name a daemon. */
export const DAEMON_VARIABLES: readonly string[] = words(
  `DOCKER_HOST CONTAINER_HOST BUILDKIT_HOST CONTAINERD_ADDRESS CONTAINER_RUNTIME_ENDPOINT IMAGE_SERVICE_ENDPOINT`,
);

/** Addresses that stay inside the pod, in a syntax that JavaScript and RE2 share; matched without regard to case. */
export const INSIDE_THE_POD =
  "^(unix:|fd:|/|((tcp|http|https)://)?(localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1\\]|0\\.0\\.0\\.0)(:[0-9]+)?(/.*)?$)";

const FLAG = '(-H|--host|--docker[ =]"?host)';
const PORT = ":(237[567]|4243)";
const END = "[^\\s\"';|&)]+";

/**
 * A daemon's address after -H, --host, in a Docker context, or given to one of the variables by a shell or by env, in a
 * syntax that JavaScript and RE2 share. Docker takes an address without a scheme for tcp.
 */
export const addressArgument = [
  `(^|[\\s"';&|(])(`,
  `(${FLAG}[ =]*|(${DAEMON_VARIABLES.join("|")})=)["']?((tcp|ssh|npipe)://${END}|https?://${END}${PORT})`,
  `|(${FLAG}[ =]+|(${DAEMON_VARIABLES.join("|")})=)["']?[^\\s"';|&)=:/]+${PORT}`,
  `|--url[ =]["']?ssh://${END}\\.sock`,
  ")",
].join("");

/** A variable in the place of such an address; its name is the last group. */
export const addressReference = `(${FLAG}[ =]*|(${DAEMON_VARIABLES.join("|")})=)["']?\\$[({]?(\\w+)`;

/** The address in what `addressArgument` finds: from its scheme on or, when this finds nothing, its last word. */
export const ADDRESS_FROM_SCHEME = "(tcp|ssh|https?|npipe)://.*$";
export const ADDRESS_AT_END = "[^\\s=\"']+$";

/** Downward API fields that give the address of the node. */
export const NODE_ADDRESS_FIELDS: readonly string[] = ["status.hostIP", "status.hostIPs"];

/** Host names that are the node's, not a Service's. */
export const NODE_NAMES =
  "^(host|node|gateway|host\\.docker\\.internal|gateway\\.docker\\.internal|kubernetes\\.docker\\.internal|host\\.minikube\\.internal|host\\.k3d\\.internal|.*\\.compute\\.internal|.*\\.ec2\\.internal|.*\\.c\\.[a-z0-9-]+\\.internal|gke-.*|ip-[0-9-]+.*|aks-.*)$";

/** Ports on which daemons of nodes listen. */
export const DAEMON_PORTS: readonly number[] = [2375, 2376, 2377, 4243];

/** Names by which a Service always leads to the machine below it, in a syntax that JavaScript and RE2 share. */
export const MACHINE_BELOW = "^((host|gateway|kubernetes)\\.(docker|minikube|k3d)\\.internal|localhost)\\.?$";
