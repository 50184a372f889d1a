import type { Google } from "./google";

/** Where claims find their volumes: the server's on Google disks of our own, or all from a class of the cluster. */
export type Storage =
  | { readonly mode: "disks"; readonly google: Google; readonly storageClass: string }
  | { readonly mode: "class"; readonly storageClass: string };

/** GKE's class of balanced disks that are made where the pod goes. */
const GKE_CLASS = "standard-rwo";

/** Google's disks wherever there is a Google project. */
export function storageOf(google: Google | undefined, storageClass: string | undefined): Storage {
  return google
    ? { mode: "disks", google, storageClass: GKE_CLASS }
    : { mode: "class", storageClass: storageClass ?? "" };
}
