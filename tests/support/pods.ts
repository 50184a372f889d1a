import { manifests } from "../../preview/manifests";
import type { Registration } from "../../preview/run/registration";

/** The parts of Kubernetes objects that tests ask about. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: { readonly privileged?: boolean; readonly [key: string]: unknown };
  readonly volumeMounts?: readonly Mount[];
}

export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly emptyDir?: { readonly medium?: string };
  readonly [source: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly serviceAccountName?: string;
  readonly [key: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: Labels | { readonly matchLabels: Labels };
    readonly podSelector?: { readonly matchLabels?: Labels };
    readonly serviceName?: string;
    readonly ports?: readonly { readonly port: number; readonly targetPort?: string | number }[];
    readonly template?: { readonly metadata: { readonly labels?: Labels }; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly volumeName?: string;
    readonly claimRef?: { readonly name: string; readonly namespace: string };
  };
}

/** An object that makes pods. */
export interface Workload {
  /** `StatefulSet gocd-dev-agents/docker` */
  readonly title: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  /** Everything that can be mounted: volumes, and claims that each pod gets for itself. */
  readonly volumeNames: readonly string[];
  readonly manifest: KubernetesManifest;
}

/** The Kubernetes objects of a run, as their manifests say. */
export function objectsOf(registrations: readonly Registration[]): KubernetesManifest[] {
  // What a test reads of it is checked by what it expects.
  return manifests(registrations).map(({ object }) => object as unknown as KubernetesManifest);
}

/** The objects among them that make pods. */
export function workloadsOf(objects: readonly KubernetesManifest[]): Workload[] {
  return objects.flatMap((manifest) => {
    const template = manifest.spec?.template;
    if (template === undefined) return [];
    const { name, namespace = "" } = manifest.metadata;
    const claims = manifest.spec?.volumeClaimTemplates ?? [];
    const volumeNames = [
      ...(template.spec.volumes ?? []).map((volume) => volume.name),
      ...claims.map(({ metadata }) => metadata.name),
    ];
    return [
      {
        title: `${manifest.kind} ${namespace}/${name}`,
        namespace,
        labels: template.metadata.labels ?? {},
        spec: template.spec,
        volumeNames,
        manifest,
      },
    ];
  });
}

/** All containers of a pod, those that run first included. */
export function containersOf({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers];
}

/** True when a selector chooses pods with these labels. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}
