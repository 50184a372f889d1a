import { rmSync } from "node:fs";
import path from "node:path";
import { startDaemon } from "./daemons";
import { STATE } from "./paths";

/** The storage driver that stands in for a cloud's disks: disk-driver.ts. */
export const DISK_DRIVER = "disks.tests";
/** Where the kubelet finds drivers, and the socket on which this one answers. */
export const REGISTRATION_SOCKET = `/var/lib/kubelet/plugins_registry/${DISK_DRIVER}.sock`;
export const DRIVER_SOCKET = "/run/disks.sock";
/** Where the disks are, each a folder. They outlive clusters. */
export const DISKS = path.join(STATE, "disks");

/** The storage class of these disks. */
const STORAGE_CLASS = "tests";

/** A claim that will be made, for which a disk must be there: nothing in this cluster makes disks by itself. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
}

/** What the cluster must know of the driver before volumes of it can be used. */
export const driverObjects = () => [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: { name: DISK_DRIVER },
    spec: { attachRequired: false, fsGroupPolicy: "File" },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: STORAGE_CLASS },
    provisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
    // As the classes of clouds do, and as volumes without a provisioner should: where claims are bound at once, the scheduler can
    // find one unbound, and miss the moment at which it is bound for as long as five minutes.
    volumeBindingMode: "WaitForFirstConsumer",
  },
];

/** Starts the driver; the kubelet finds it by its socket. */
export function startDiskDriver(): void {
  startDaemon({
    name: "disk-driver",
    command: process.execPath,
    args: ["-r", "offline-preview/register", path.join(__dirname, "disk-driver.ts")],
  });
}

/** The volume for a claim. The same claim always gets the same disk, in whatever cluster. */
export const volumeFor = (claim: Claim) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: handle(claim) },
  spec: {
    capacity: { storage: "1Ti" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: STORAGE_CLASS,
    claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: claim.namespace, name: claim.name },
    csi: { driver: DISK_DRIVER, volumeHandle: handle(claim) },
  },
});

/** The folder that is the claim's disk. */
export const diskOf = (claim: Claim): string => path.join(DISKS, handle(claim));

/** Loses a disk with all that was on it. */
export function loseDisk(claim: Claim): void {
  rmSync(diskOf(claim), { recursive: true, force: true });
}

const handle = ({ namespace, name }: Claim) => (namespace === "" ? name : `${namespace}.${name}`);
