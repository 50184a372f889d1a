// One table for pack and admission policy: what a case expects is what the policy pack says in review and what a cluster says at
// admission. `review` and `admission` mark what only one of them can see.

export type Manifest = Readonly<Record<string, unknown>>;

export interface Case {
  /** What the object is, in words that follow "refuses" or "allows". */
  readonly name: string;
  /**
   * A complete Kubernetes object; with `type`, the inputs of that Pulumi resource. A cluster takes
   * `spec.ephemeralContainers` of a Pod only through its subresource: create the Pod without, then add them.
   */
  readonly object: Manifest;
  readonly tags: "review" | "admission" | "both";
  readonly expect: "refused" | "allowed";
  /** The rule that refuses it in review. */
  readonly rule?: string;
  /** A word that the message must hold, in review. */
  readonly says?: string;
  /** Pulumi's type token, where it does not follow from `apiVersion` and `kind`. */
  readonly type?: string;
  readonly protect?: boolean;
  /** The namespace for objects that name none, as the resource's provider says it. */
  readonly defaultNamespace?: string;
}

/** The installation that the cases are about. */
export const INSTALLATION = {
  name: "gocd-dev",
  serverNamespace: "gocd-dev",
  agentsNamespace: "gocd-dev-agents",
  dindRepository: "gcr.io/my-project/gocd-dev/dind",
  ownUsers: true,
} as const;

/** An image by digest, so that no case is refused for its image unless it is about images. */
export const image = `registry.example/app@sha256:${"a".repeat(64)}`;

/** Fixed words around a case's own spelling: `refused("review", "rule", …)`. */
export function refused(
  tags: Case["tags"],
  rule: string,
  cases: Readonly<Record<string, Manifest>>,
  says?: string,
): readonly Case[] {
  return Object.entries(cases).map(([name, object]) => ({
    name,
    object,
    tags,
    rule,
    expect: "refused",
    ...(says !== undefined && { says }),
  }));
}

export function allowed(tags: Case["tags"], cases: Readonly<Record<string, Manifest>>): readonly Case[] {
  return Object.entries(cases).map(([name, object]) => ({ name, object, tags, expect: "allowed" }));
}

const ELSEWHERE = "shop";

/** A container that obeys every rule, changed. */
export function container(changes: Manifest = {}): Manifest {
  return { name: "main", image, ...changes };
}

/** A Pod in one of GoCD's namespaces. */
export function agentsPod(spec: Manifest = {}, metadata: Manifest = {}): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "case", namespace: INSTALLATION.agentsNamespace, ...metadata },
    spec: { containers: [container()], ...spec },
  };
}

/** A Pod in somebody else's namespace. */
export function otherPod(spec: Manifest = {}): Manifest {
  return agentsPod(spec, { namespace: ELSEWHERE });
}

/** A Pod with the node's logs, and no word on its namespace unless there is one. */
export function logsIn(namespace?: string): Manifest {
  const metadata = { name: "case", ...(namespace !== undefined && { namespace }) };
  const volumes = [{ name: "logs", hostPath: { path: "/var/log" } }];
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container()], volumes } };
}

/** The same cases of resources whose provider says a namespace. */
export function providedIn(defaultNamespace: string, cases: readonly Case[]): readonly Case[] {
  return cases.map((each) => ({ ...each, defaultNamespace }));
}

/** A Pod elsewhere with one volume. */
export function withVolume(volume: Manifest): Manifest {
  return otherPod({ volumes: [{ name: "sock", ...volume }] });
}

/** A Pod elsewhere with one hostPath volume. */
export function withHostPath(path: unknown, more: Manifest = {}): Manifest {
  return withVolume({ hostPath: { path, ...more } });
}

/** A pod specification in every kind that runs pods. */
export function inEveryKind(spec: Manifest, namespace: string): Readonly<Record<string, Manifest>> {
  const metadata = { name: "case", namespace };
  const labels = { app: "case" };
  const template = { metadata: { labels }, spec };
  const selector = { matchLabels: labels };
  const once = { ...template, spec: { ...spec, restartPolicy: "Never" } };
  const apps = (kind: string, more: Manifest = {}) => ({
    apiVersion: "apps/v1",
    kind,
    metadata,
    spec: { selector, template, ...more },
  });
  return {
    Pod: { apiVersion: "v1", kind: "Pod", metadata, spec },
    PodTemplate: { apiVersion: "v1", kind: "PodTemplate", metadata, template },
    ReplicationController: {
      apiVersion: "v1",
      kind: "ReplicationController",
      metadata,
      spec: { selector: labels, template },
    },
    Deployment: apps("Deployment"),
    ReplicaSet: apps("ReplicaSet"),
    DaemonSet: apps("DaemonSet"),
    StatefulSet: apps("StatefulSet", { serviceName: "case" }),
    Job: { apiVersion: "batch/v1", kind: "Job", metadata, spec: { template: once } },
    CronJob: {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata,
      spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: once } } },
    },
  };
}

/** A PersistentVolume; `claimRef` says which namespace it is for. */
export function volume(source: Manifest, namespace?: string, more: Manifest = {}): Manifest {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "case" },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      ...(namespace !== undefined && {
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: "case" },
      }),
      ...("local" in source && {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["n"] }] },
            ],
          },
        },
      }),
      ...source,
      ...more,
    },
  };
}

/** Every entry under its own words: `{ "a", "b" }` becomes `{ "x a", "x b" }`. */
export function named(prefix: string, cases: Readonly<Record<string, Manifest>>): Readonly<Record<string, Manifest>> {
  return Object.fromEntries(Object.entries(cases).map(([name, object]) => [`${prefix} ${name}`, object]));
}

/** A table whose names are the spellings themselves. */
export function spelled(
  prefix: string,
  spellings: readonly string[],
  make: (spelling: string) => Manifest,
): Readonly<Record<string, Manifest>> {
  return Object.fromEntries(spellings.map((spelling) => [`${prefix} ${spelling}`, make(spelling)]));
}
