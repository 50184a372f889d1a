import type { AdaptRules } from "../../preview/difference/rules/rule";

const JOBS = "jobs get the grace period";

/** What the deletion of a resource means to GoCD, where the tables of the preview only know the cloud. */
const DELETIONS: Readonly<Record<string, { readonly destroyed: string; readonly retained?: string }>> = {
  "gcp:container/cluster:Cluster": {
    destroyed: "the cluster with every object in it, its nodes, the agents' workspaces and image caches; running jobs",
    retained: "the server's disks, keys and passwords, images: whatever is no part of the cluster",
  },
  "gcp:container/nodePool:NodePool": { destroyed: `its nodes: their pods move, ${JOBS}` },
};

/** Adds to the rules of a type what its change or deletion means to agents and their jobs. */
export const adaptRules: AdaptRules = (type, rules) => ({
  ...rules,
  ...DELETIONS[type],
  ...(rules.follows && {
    follows: rules.follows.map((rule) => ({
      ...rule,
      effect: rule.effect.replace(/their pods move$/, `$&, their ${JOBS}`),
    })),
  }),
});
