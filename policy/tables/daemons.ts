// How a container is told which daemon to talk to. Plain data.

/** Environment variables that name a daemon. */
export const daemonVariables: readonly string[] = [
  "DOCKER_HOST",
  "CONTAINER_HOST",
  "BUILDKIT_HOST",
  "CONTAINERD_ADDRESS",
  "CONTAINER_RUNTIME_ENDPOINT",
  "IMAGE_SERVICE_ENDPOINT",
];

/** Addresses that stay inside the pod, in a syntax that JavaScript and RE2 share; matched without regard to case. */
export const insideThePod =
  "^(unix:|fd:|/|((tcp|http|https)://)?(localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1\\]|0\\.0\\.0\\.0)(:[0-9]+)?(/.*)?$)";

const flag = '(-H|--host|--docker[ =]"?host)';
const port = ":(237[567]|4243)";
const end = "[^\\s\"';|&)]+";

/**
 * A daemon's address after -H, --host, in a Docker context, or given to one of the variables by a shell or by env, in a
 * syntax that JavaScript and RE2 share. Docker takes an address without a scheme for tcp.
 */
export const addressArgument = [
  `(^|[\\s"';&|(])(`,
  `(${flag}[ =]*|(${daemonVariables.join("|")})=)["']?((tcp|ssh|npipe)://${end}|https?://${end}${port})`,
  `|(${flag}[ =]+|(${daemonVariables.join("|")})=)["']?[^\\s"';|&)=:/]+${port}`,
  `|--url[ =]["']?ssh://${end}\\.sock`,
  ")",
].join("");

/** A variable in the place of such an address; its name is the last group. */
export const addressReference = `(${flag}[ =]*|(${daemonVariables.join("|")})=)["']?\\$[({]?(\\w+)`;

/** The address in what `addressArgument` finds: from its scheme on or, when this finds nothing, its last word. */
export const addressFromScheme = "(tcp|ssh|https?|npipe)://.*$";
export const addressAtEnd = "[^\\s=\"']+$";

/** Downward API fields that give the address of the node. */
export const nodeAddressFields: readonly string[] = ["status.hostIP", "status.hostIPs"];

/** Host names that are the node's, not a Service's. */
export const nodeNames =
  "^(host|node|gateway|host\\.docker\\.internal|gateway\\.docker\\.internal|kubernetes\\.docker\\.internal|host\\.minikube\\.internal|host\\.k3d\\.internal|.*\\.compute\\.internal|.*\\.ec2\\.internal|.*\\.c\\.[a-z0-9-]+\\.internal|gke-.*|ip-[0-9-]+.*|aks-.*)$";
