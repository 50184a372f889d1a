import * as admission from "@pulumi/kubernetes/admissionregistration/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import { admissionBinding, ADMISSION_PARTS, admissionPolicy, type AdmissionArgs } from "./admission";
import { namespace } from "./namespaces";
import { networkPolicies, type PolicySpec } from "./network-policies";

export type GuardrailsArgs = Pick<PolicySpec, "server" | "housekeeping" | "pools" | "dnsServers"> &
  Pick<AdmissionArgs, "dindRepository" | "nodeVolumes">;

/**
 * The two namespaces and what holds in them for everybody: Pod Security, network policies that deny by default, and at
 * admission what the policy pack refuses in review.
 */
export class Guardrails extends pulumi.ComponentResource {
  readonly namespaces: { readonly server: pulumi.Output<string>; readonly agents: pulumi.Output<string> };

  constructor(name: string, args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:guardrails:Guardrails", name, {}, opts);
    const child = { parent: this };
    const common = labels(name);

    const server = new core.Namespace(name, namespace(name, common, "restricted"), child);
    const agents = new core.Namespace(`${name}-agents`, namespace(`${name}-agents`, common, "privileged"), child);
    this.namespaces = { server: server.metadata.name, agents: agents.metadata.name };

    const policies = networkPolicies({ ...args, instance: name, namespaces: this.namespaces, labels: common });
    for (const [policy, args] of Object.entries(policies)) {
      new networking.NetworkPolicy(`${name}-${policy}`, args, child);
    }
    const place = { ...args, name, serverNamespace: name, agentsNamespace: `${name}-agents` };
    for (const part of ADMISSION_PARTS) {
      const policy = new admission.ValidatingAdmissionPolicy(`${name}-${part}`, admissionPolicy(part, place), child);
      new admission.ValidatingAdmissionPolicyBinding(`${name}-${part}`, admissionBinding(part, place), {
        ...child,
        dependsOn: [policy],
      });
    }
    this.registerOutputs({ namespaces: this.namespaces });
  }
}
