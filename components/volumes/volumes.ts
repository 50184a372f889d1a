import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** What a claim asks for. A constant: a claim's request cannot shrink, and the disk behind it has the size that counts. */
const REQUEST = "1Gi";

export interface StaticVolume {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: { readonly [key: string]: string };
  /** Handle of the PD CSI driver: `projects/P/zones/Z/disks/D`. */
  readonly handle: pulumi.Input<string>;
  /** Where a pod may use it. */
  readonly zones: readonly string[];
  /** Size of the disk, such as `30Gi`. */
  readonly size: string;
}

/**
 * A volume for a disk that exists, reserved for the claim of the same name. `Retain` and no provisioner's annotation, so that
 * nothing in Kubernetes ever deletes the disk; `fsType`, because without it the kubelet ignores `fsGroup`.
 */
export function persistentVolume(volume: StaticVolume) {
  return {
    metadata: { name: volume.name, labels: volume.labels },
    spec: {
      capacity: { storage: volume.size },
      accessModes: ["ReadWriteOnce"],
      volumeMode: "Filesystem",
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: volume.namespace, name: volume.name },
      csi: { driver: "pd.csi.storage.gke.io", fsType: "ext4", volumeHandle: volume.handle },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "topology.gke.io/zone", operator: "In", values: [...volume.zones] }] },
          ],
        },
      },
    },
  } satisfies k8s.types.input.core.v1.PersistentVolume;
}

/** The claim that takes exactly that volume: class `""` can never be given a fresh, empty disk. */
export function staticClaim(volume: StaticVolume) {
  return {
    metadata: { name: volume.name, namespace: volume.namespace, labels: volume.labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      volumeName: volume.name,
      resources: { requests: { storage: REQUEST } },
    },
  } satisfies k8s.types.input.core.v1.PersistentVolumeClaim;
}

export type ClassVolume = Pick<StaticVolume, "name" | "namespace" | "labels" | "size"> & {
  readonly storageClass: string;
};

/** A claim that a storage class provides for, where there is no disk of our own. */
export function classClaim(volume: ClassVolume) {
  return {
    metadata: { name: volume.name, namespace: volume.namespace, labels: volume.labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: volume.storageClass,
      resources: { requests: { storage: volume.size } },
    },
  } satisfies k8s.types.input.core.v1.PersistentVolumeClaim;
}
