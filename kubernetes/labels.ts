/** What runs in a pod; also the value of `app.kubernetes.io/name`. */
export type App = "gocd-server" | "gocd-agent" | "gocd-housekeeping";

/** Marks the pods of one pool, so that a pool's Service and disruption budget select no other's. */
export const POOL_LABEL = "gocd-on-kubernetes/pool";

/** On the namespace of whoever may read the metrics of an installation; its value is the instance. */
export const SCRAPES_LABEL = "gocd-on-kubernetes/scrapes";

/** On what opens GoCD to the internet, the one host for which that was asked: the policy `nothing-public` lets no other pass. */
export const PUBLIC_HOST = "gocd-on-kubernetes/public-host";

/** The labels that select an app's pods; they never change for as long as a StatefulSet lives. */
export function selector(instance: string, app: App): { readonly [key: string]: string } {
  return { "app.kubernetes.io/name": app, "app.kubernetes.io/instance": instance };
}

/** Every object's labels, in Kubernetes' recommended vocabulary. `instance` is `gocd-<stack>`. */
export function labels(instance: string, app?: App): { readonly [key: string]: string } {
  return {
    ...(app === undefined ? { "app.kubernetes.io/instance": instance } : selector(instance, app)),
    "app.kubernetes.io/part-of": "gocd",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}
