import { PolicyPack } from "@pulumi/policy";
import { formerNamePolicies, type FormerConfigs } from "./former-names";
import { makePolicies, RULES } from "./policies";

const FORMER: FormerConfigs = new Map();

new PolicyPack("gocd-policy", {
  displayName: "No way back to docker.sock",
  description: "No container reaches the container runtime, the disks or the namespaces of its node",
  policies: [...formerNamePolicies(RULES, FORMER), ...makePolicies(RULES, FORMER)],
});
