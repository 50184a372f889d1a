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
  "^(unix:|fd:|/|(tcp|http|https)://(localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1\\]|0\\.0\\.0\\.0)(:[0-9]+)?(/.*)?$)";

/** A daemon's address after -H, --host or in a Docker context, in a syntax that JavaScript and RE2 share. */
export const addressArgument =
  '(^|[\\s"\';&|(])(-H|--host|--docker[ =]"?host)[ =]*["\']?((tcp|ssh|npipe)://[^\\s"\';|&)]+|https?://[^\\s"\';|&)]+:(237[567]|4243))';

/** Downward API fields that give the address of the node. */
export const nodeAddressFields: readonly string[] = ["status.hostIP", "status.hostIPs"];

/** Host names that are the node's, not a Service's. */
export const nodeNames =
  "^(host|node|gateway|host\\.docker\\.internal|gateway\\.docker\\.internal|kubernetes\\.docker\\.internal|host\\.minikube\\.internal|host\\.k3d\\.internal|.*\\.compute\\.internal|.*\\.ec2\\.internal|.*\\.c\\.[a-z0-9-]+\\.internal|gke-.*|ip-[0-9-]+.*|aks-.*)$";
