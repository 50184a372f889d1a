import { type Case, image } from "./case";
import { review, manifest, base64 } from "./kinds";

/** Containers of other providers' resources. */
export const CONTAINER_KIND_CASES: readonly Case[] = [
  review(
    "docker:index/container:Container",
    "the host's network by another property of a docker.Container",
    { image, networksAdvanced: [{ name: "host" }] },
    "networksAdvanced",
    "no-host-namespaces",
  ),
  ...["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"].map((mode) =>
    review(
      "docker:index/container:Container",
      `the host's namespace by ${mode} of a docker.Container`,
      { image, [mode]: "host" },
      mode,
      "no-host-namespaces",
    ),
  ),
  review(
    "docker:index/service:Service",
    "the host's network of a docker.Service",
    { taskSpec: { networksAdvanceds: [{ name: "inside" }, { name: "host" }] } },
    "networksAdvanceds",
    "no-host-namespaces",
  ),
  review(
    "docker:index/container:Container",
    "a privileged docker.Container",
    { image, privileged: true },
    "privileged",
    "no-privileged-containers",
  ),
  ...["adds", "add"].map((key) =>
    review(
      "docker:index/container:Container",
      `a capability in ${key} of a docker.Container`,
      { image, capabilities: { [key]: ["CAP_SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"] } },
      "capabilities CAP_SYS_ADMIN, SYS_PTRACE let",
      "no-privileged-containers",
    ),
  ),
  review(
    "docker:index/container:Container",
    "a capability in capAdd of a docker.Container",
    { image, capAdd: ["SYS_ADMIN"] },
    "capAdd",
    "no-privileged-containers",
  ),
  review(
    "aws:ecs/taskDefinition:TaskDefinition",
    "a privileged container of an ECS task that is called dind",
    { containerDefinitions: [{ name: "dind", image, privileged: true }] },
    "and the container is not the daemon that may be",
    "no-privileged-containers",
  ),
  ...["capAdd", "capabilityAdds"].map((key) =>
    review(
      "docker:index/service:Service",
      `a capability in ${key} of a docker.Service`,
      { taskSpec: { containerSpec: { image, [key]: [" sys_module "] } } },
      key,
      "no-privileged-containers",
    ),
  ),
  review(
    "docker:index/container:Container",
    "DOCKER_HOST in a docker.Container's list of variables",
    { image, envs: ["LANG=C", "DOCKER_HOST=tcp://10.0.0.1:2375"] },
    "DOCKER_HOST",
    "no-node-daemons",
  ),
  review(
    "docker:index/container:Container",
    "an unmasked /proc of a docker.Container",
    { image, securityOpts: ["systempaths=unconfined"] },
    "systempaths",
    "no-privileged-containers",
  ),
  review(
    "docker:index/container:Container",
    "the node's daemon in a docker.Container's entry point",
    { image, entrypoints: ["docker", "-H", "tcp://10.0.0.1:2375"] },
    "daemon",
    "no-node-daemons",
  ),
  review("docker:index/container:Container", "the socket as a volume that a docker.Container's mount makes", {
    image,
    mounts: [
      {
        type: "volume",
        target: "/x",
        volumeOptions: { driverName: "local", driverOptions: { type: "none", o: "bind", device: "/var/run" } },
      },
    ],
  }),
  review("docker:index/container:Container", "the pipe in a docker.Container's mounts of type npipe", {
    image,
    mounts: [{ type: "npipe", source: "\\\\.\\pipe\\docker_engine", target: "x" }],
  }),
  review("kubernetes:core/v1:SecretPatch", "a Pod in a SecretPatch's data", { data: { pod: base64(manifest) } }),
];
