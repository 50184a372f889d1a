import { type Case, image } from "./case";
import { typed } from "./allowed";

/** More that is allowed: resources of other types. */
export const ALLOWED_TYPE_CASES: readonly Case[] = [
  typed("docker:index/container:Container", "a docker.Container with volumes of its own folder", {
    image,
    volumes: ["./etc:/etc/app", "dev:/data"],
  }),
  typed("command:local:Command", "a command that copies", { create: "cp -rv /etc/app /backup" }),
  typed("docker:index/container:Container", "a docker.Container with a named volume", {
    image,
    volumes: [{ volumeName: "data", containerPath: "/data" }],
    networkMode: "bridge",
    networksAdvanced: [{ name: "inside" }],
    envs: [
      "DOCKER_HOST=tcp://127.0.0.1:2376",
      "oldDOCKER_HOST=tcp://10.0.0.1:2375",
      "HOST=tcp://10.0.0.1:2375",
      "lower=x",
    ],
    capabilities: { adds: ["NET_BIND_SERVICE"], drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
  }),
  typed("command:local:Command", "a command that builds", {
    create: "docker build -t x . && echo /var/run/docker.sock",
  }),
  typed("gcp:compute/network:Network", "a resource that is no container", {
    autoCreateSubnetworks: false,
    description: "hostPath: /var/run/docker.sock",
  }),
];
