import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import type { GuardedNamespace } from "../../kubernetes/namespace";
import { rules, subjectOf, type RoleName } from "./roles";

export interface RolesArgs {
  readonly namespaces: { readonly server: GuardedNamespace; readonly agents: GuardedNamespace };
  /** Who has which role; a role that nobody has is not made. */
  readonly open: readonly string[];
  readonly operate: readonly string[];
}

/** Rights in the two namespaces for people who need not administer the cluster. */
export class Roles extends pulumi.ComponentResource {
  constructor(name: string, { namespaces, ...subjects }: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:roles:Roles", name, {}, opts);
    for (const role of ["open", "operate"] as const satisfies RoleName[]) {
      for (const place of ["server", "agents"] as const) {
        const granted = rules(role, place);
        if (subjects[role].length === 0 || granted.length === 0) continue;
        const metadata = { name: `gocd-${role}`, namespace: namespaces[place].name, labels: labels(name) };
        const own = `${name}-${place}-${role}`;
        const made = new rbac.Role(own, { metadata, rules: granted }, { parent: this });
        new rbac.RoleBinding(
          own,
          {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: made.metadata.name },
            subjects: subjects[role].map(subjectOf),
          },
          { parent: this },
        );
      }
    }
    this.registerOutputs();
  }
}
