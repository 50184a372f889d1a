// What the picture of the README shows, read from what the program registers.
import { isKubernetesObject, type Registration } from "../../preview/run/registration";
import { unwrappedMap } from "../../preview/run/wire";

/** A claim of a pod and the containers that mount it. */
export interface Claim {
  readonly name: string;
  /** As Kubernetes writes it: `50Gi`. */
  readonly size: string;
  readonly mountedBy: readonly string[];
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly privileged: boolean;
}

/** Who may open a connection to whom. */
export interface Way {
  /** Value of `app.kubernetes.io/name`. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

export interface Picture {
  readonly agent: {
    readonly pod: string;
    readonly namespace: string;
    /** Agents of the pool. */
    readonly replicas: number;
    /** Containers that run as long as the pod does: sidecars, then the agent. */
    readonly containers: readonly Container[];
    /** Where the agent finds its daemon: `tcp://127.0.0.1:2376`. */
    readonly daemon: string;
    readonly claims: readonly Claim[];
    /** True if network policies let the pod reach addresses outside the cluster. */
    readonly internet: boolean;
  };
  readonly server: {
    readonly namespace: string;
    readonly containers: readonly Container[];
    /** Claims of the server, by the disks that outlive the cluster. */
    readonly claims: readonly Claim[];
  };
  readonly ways: readonly Way[];
  /** True if GoCD's backups go to a protected bucket. */
  readonly bucket: boolean;
}

const NAME = "app.kubernetes.io/name";

interface Mounting {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly securityContext?: { readonly privileged?: boolean };
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string }[];
}

interface ObjectOf<Spec> {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}

interface Workload {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly initContainers?: readonly Mounting[];
      readonly containers: readonly Mounting[];
      readonly volumes?: readonly {
        readonly name: string;
        readonly persistentVolumeClaim?: { readonly claimName: string };
      }[];
    };
  };
  readonly volumeClaimTemplates?: readonly ClaimObject[];
}

interface ClaimObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

interface Policy {
  readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly egress?: readonly {
    readonly to?: readonly {
      readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
      readonly ipBlock?: { readonly cidr: string };
    }[];
    readonly ports?: readonly { readonly port: number }[];
  }[];
}

/**
 * The picture of a stack.
 *
 * @throws {Error} when the stack has no agents or no server
 */
export function pictureOf(registrations: readonly Registration[]): Picture {
  const objects = registrations
    .filter(isKubernetesObject)
    // What this program registers has the form of Kubernetes' API; the types here name the parts that are drawn.
    .map(({ inputs }) => unwrappedMap(inputs) as unknown as ObjectOf<unknown>);
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as readonly ObjectOf<Policy>[];
  const [agents, server] = [workload(objects, "gocd-agent"), workload(objects, "gocd-server")];
  const agent = agents.spec.template.spec;
  const claims = (agents.spec.volumeClaimTemplates ?? []).map((claim) => claimOf(claim, claim.metadata.name, agent));
  return {
    agent: {
      pod: `${agents.metadata.name}-0`,
      namespace: agents.metadata.namespace,
      replicas: agents.spec.replicas,
      containers: lasting(agent),
      daemon: agent.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === "DOCKER_HOST")?.value ?? "",
      claims,
      internet: policies.some((policy) => named(policy) === "gocd-agent" && reachesInternet(policy)),
    },
    server: {
      namespace: server.metadata.namespace,
      containers: lasting(server.spec.template.spec),
      claims: serverClaims(registrations, objects, server.spec.template.spec),
    },
    ways: policies.flatMap(waysOf),
    bucket: registrations.some(({ type, protect }) => type === "gcp:storage/bucket:Bucket" && protect),
  };
}

function workload(objects: readonly ObjectOf<unknown>[], name: string): ObjectOf<Workload> {
  const found = objects.find(({ kind, metadata }) => kind === "StatefulSet" && metadata.labels[NAME] === name);
  if (found === undefined) throw new Error(`the stack has no StatefulSet of ${name}`);
  return found as ObjectOf<Workload>;
}

/** Native sidecars, then containers. */
function lasting({ initContainers = [], containers }: Workload["template"]["spec"]): Container[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...sidecars, ...containers].map(({ name, securityContext }) => ({
    name,
    privileged: securityContext?.privileged === true,
  }));
}

function claimOf(claim: ClaimObject, volume: string, spec: Workload["template"]["spec"]): Claim {
  const mounting = [...(spec.initContainers ?? []), ...spec.containers].filter(({ volumeMounts = [] }) =>
    volumeMounts.some(({ name }) => name === volume),
  );
  const mountedBy = mounting.map(({ name }) => name);
  return { name: claim.metadata.name, size: claim.spec.resources.requests.storage, mountedBy };
}

/** The size of a claim with a volume of its own is the disk's: the claim asks for a constant. */
function serverClaims(
  registrations: readonly Registration[],
  objects: readonly ObjectOf<unknown>[],
  spec: Workload["template"]["spec"],
): Claim[] {
  return (spec.volumes ?? []).flatMap(({ name: volume, persistentVolumeClaim }) => {
    const claim = objects.find(
      ({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === persistentVolumeClaim?.claimName,
    );
    if (claim === undefined) return [];
    const { size, mountedBy } = claimOf(claim as unknown as ClaimObject, volume, spec);
    const disk = registrations.find(
      ({ type, name }) => type === "gcp:compute/disk:Disk" && name === claim.metadata.name,
    );
    const gigabytes = disk && unwrappedMap(disk.inputs)["size"];
    return [{ name: volume, size: typeof gigabytes === "number" ? `${gigabytes}Gi` : size, mountedBy }];
  });
}

function named(policy: ObjectOf<Policy>): string {
  return policy.spec.podSelector.matchLabels?.[NAME] ?? "";
}

function waysOf(policy: ObjectOf<Policy>): Way[] {
  const from = named(policy);
  return (policy.spec.egress ?? []).flatMap(({ to = [], ports = [] }) =>
    to.flatMap(({ podSelector }) => {
      const target = podSelector?.matchLabels?.[NAME];
      return target === undefined || from === "" ? [] : ports.map(({ port }) => ({ from, to: target, port }));
    }),
  );
}

function reachesInternet({ spec: { egress = [] } }: ObjectOf<Policy>): boolean {
  return egress.some(({ to = [] }) => to.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"));
}
