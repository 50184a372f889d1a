import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("gocd-policy", {
  displayName: "No way back to docker.sock",
  description: "No container reaches the container runtime, the disks or the namespaces of its node",
  policies,
});
