import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { STATE } from "./paths";

/** The flex volume driver that stands in for a cloud's disks. */
export const DISK_DRIVER = "gocd-tests/disk";
/** The storage class of these disks. */
export const STORAGE_CLASS = "tests";

const DISKS = path.join(STATE, "disks");

/** A claim that will be made, for which a disk must be there: nothing in this cluster makes disks by itself. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
  /** Size of a file system of its own, e.g. `96M`; without it the disk is a folder on the machine's. */
  readonly size?: string;
}

export const storageClass = () => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: STORAGE_CLASS },
  provisioner: "kubernetes.io/no-provisioner",
  reclaimPolicy: "Retain",
});

/** The volume for a claim. The same claim gets the same disk for ever, in whatever cluster. */
export const volumeFor = ({ namespace, name, size }: Claim) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `${namespace}.${name}` },
  spec: {
    capacity: { storage: "1Ti" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: STORAGE_CLASS,
    claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
    flexVolume: {
      driver: DISK_DRIVER,
      options: { disk: `${namespace}.${name}`, ...(size === undefined ? {} : { size }) },
    },
  },
});

/** Loses a disk with all that was on it. */
export function loseDisk({ namespace, name }: Claim): void {
  rmSync(path.join(DISKS, `${namespace}.${name}`), { recursive: true, force: true });
  rmSync(path.join(DISKS, `${namespace}.${name}.img`), { force: true });
}

/**
 * The driver: a program that the kubelet calls with `init`, `mount FOLDER OPTIONS` and `unmount FOLDER`. Not a local or
 * hostPath volume, because those are what the admission policy refuses.
 */
export function diskDriver(): string {
  mkdirSync(DISKS, { recursive: true });
  return `#!/bin/sh
# usage: disk init | disk mount FOLDER OPTIONS | disk unmount FOLDER
option() { printf '%s' "$json" | sed -n 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/p'; }
fail() { printf '{"status":"Failure","message":"%s"}' "$1"; exit 1; }
case $1 in
  init) printf '{"status":"Success","capabilities":{"attach":false,"fsGroup":true}}'; exit 0 ;;
  mount)
    json=$3 disk=${DISKS}/$(option disk) size=$(option size)
    mkdir -p "$2"
    mountpoint -q "$2" && { printf '{"status":"Success"}'; exit 0; }
    if [ -n "$size" ]; then
      [ -f "$disk.img" ] || { truncate -s "$size" "$disk.img" && mke2fs -q -t ext4 "$disk.img"; } || fail "cannot make $disk.img"
      mount -o loop "$disk.img" "$2" || fail "cannot mount $disk.img"
    else
      mkdir -p "$disk" && mount --bind "$disk" "$2" || fail "cannot mount $disk"
    fi ;;
  unmount) mountpoint -q "$2" && { umount "$2" || fail "cannot unmount $2"; } ;;
  *) printf '{"status":"Not supported"}'; exit 1 ;;
esac
printf '{"status":"Success"}'
`;
}
