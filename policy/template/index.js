const { PolicyPack } = require("@pulumi/policy");
const { policies } = require("gocd-policy/policies");

/** A rule of your own: every Deployment says who looks after it. */
const hasOwner = {
  name: "has-owner",
  description: "Every Deployment has the label owner.",
  enforcementLevel: "advisory",
  validateResource: ({ type, props }, report) => {
    if (type === "kubernetes:apps/v1:Deployment" && props.metadata?.labels?.owner === undefined)
      report("The label owner is missing. Name the team that looks after it.");
  },
};

new PolicyPack("my-policy", { policies: [...policies, hasOwner] });
