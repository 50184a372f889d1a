import * as admission from "@pulumi/kubernetes/admissionregistration/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import type { GuardedNamespace } from "../../kubernetes/namespace";
import type { Wall } from "../agents/runtime";
import { admissionBinding, ADMISSION_PARTS, admissionPolicy, type AdmissionArgs } from "./admission";
import { namespace } from "./namespaces";
import { networkPolicies, type PolicySpec } from "./network-policies";

export type GuardrailsArgs = Pick<PolicySpec, "server" | "dnsServers"> &
  Pick<AdmissionArgs, "dindRepository" | "nodeVolumes"> & {
    readonly pools: readonly (PolicySpec["pools"][number] & Pick<Wall, "runtime">)[];
    /** What lets jobs act outside the cluster. */
    readonly agentGrants: readonly pulumi.Resource[];
  };

/**
 * The two namespaces and what holds in them for everybody: Pod Security, network policies that deny by default, and at
 * admission what the policy pack refuses in review.
 */
export class Guardrails extends pulumi.ComponentResource {
  readonly namespaces: { readonly server: GuardedNamespace; readonly agents: GuardedNamespace };

  constructor(name: string, args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:guardrails:Guardrails", name, {}, opts);
    const child = { parent: this };
    const common = labels(name);

    const server = new core.Namespace(name, namespace(name, common, "restricted"), child);
    const agents = new core.Namespace(`${name}-agents`, namespace(`${name}-agents`, common, "privileged"), child);
    const namespaces = { server: server.metadata.name, agents: agents.metadata.name };

    const policies = Object.entries(networkPolicies({ ...args, instance: name, namespaces, labels: common })).map(
      ([policy, args]) => [policy, new networking.NetworkPolicy(`${name}-${policy}`, args, child)] as const,
    );
    const ownUsers = args.pools.some(({ runtime }) => runtime === "userns");
    const place = { ...args, name, ownUsers, serverNamespace: name, agentsNamespace: `${name}-agents` };
    const admitting = ADMISSION_PARTS.map((part) => {
      const policy = new admission.ValidatingAdmissionPolicy(`${name}-${part}`, admissionPolicy(part, place), child);
      return new admission.ValidatingAdmissionPolicyBinding(`${name}-${part}`, admissionBinding(part, place), {
        ...child,
        dependsOn: [policy],
      });
    });
    const guards = (of: "server" | "agents") => [
      ...policies.filter(([policy]) => policy.startsWith("agents-") === (of === "agents")).map(([, one]) => one),
      ...admitting,
    ];
    this.namespaces = {
      server: { name: namespaces.server, guards: guards("server") },
      agents: { name: namespaces.agents, guards: [...guards("agents"), ...args.agentGrants] },
    };
    this.registerOutputs({ namespaces });
  }
}
