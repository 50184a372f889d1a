import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./all-rules";
import { onConfiguration } from "./configured-names";
import { formerNamePolicies, type FormerConfigs } from "./former-names";
import { makePolicies } from "./policies";
import { Report } from "./report";

const former: FormerConfigs = new Map();
const report = new Report();
const policies = [...formerNamePolicies(RULES, former), ...makePolicies(RULES, former, report)];

onConfiguration((names) => {
  report.configured(names, policies);
});

new PolicyPack("gocd-policy", {
  displayName: "No way back to docker.sock",
  description: "No container reaches the container runtime, the disks or the namespaces of its node",
  policies,
});
