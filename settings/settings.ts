import type { z } from "zod";
import type * as schema from "./schema";

/** Every level read-only, so that nobody settles a question twice. */
type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;

type Cluster = Deep<z.output<typeof schema.cluster>>;

/** Where Google's resources are. */
export type Google = Deep<z.output<typeof schema.google>>;

/** A GKE cluster that this stack makes, with its network. */
export type Create = { readonly mode: "create"; readonly google: Google } & NonNullable<Cluster["create"]>;

/** A cluster that exists, by its kubeconfig context. */
export interface Existing {
  readonly mode: "existing";
  readonly context: string;
  /** Whether claims may be directories of a node. */
  readonly nodeVolumes: boolean;
  /** Where server and housekeeping go; wherever there is room if absent. */
  readonly serverPlacement: NonNullable<Cluster["existing"]>["serverPlacement"];
}

/** Where claims find their volumes: the server's on Google disks of our own, or all from a class of the cluster. */
export type Storage =
  | { readonly mode: "disks"; readonly google: Google; readonly storageClass: string }
  | { readonly mode: "class"; readonly storageClass: string };

/** Images built from `images/` and pushed, to Google's registry or another, or references to images built elsewhere. */
export type Images =
  | {
      readonly mode: "google";
      readonly project: string;
      readonly registry: string;
      readonly repository: "create" | "existing";
    }
  | { readonly mode: "registry"; readonly registry: string; readonly username?: string | undefined }
  | { readonly mode: "prebuilt"; readonly references: ImageReferences };

/** One reference, by digest, for each image of `images/`. */
export interface ImageReferences {
  readonly server: string;
  readonly agent: string;
  readonly dind: string;
  readonly housekeeping: string;
}

/** A pool of agents that are alike. */
export type Pool = { readonly name: string } & Deep<z.output<typeof schema.agents>>[string];

/** A stack's settings: plain data, complete, checked. */
export interface Settings {
  /** The stack's name: `dev`. */
  readonly stack: string;
  /** `gocd-<stack>`: what every name outside a namespace begins with. */
  readonly name: string;
  readonly cluster: Create | Existing;
  readonly storage: Storage;
  readonly server: Deep<z.output<typeof schema.server>>;
  /** In the order of their names. */
  readonly agents: readonly Pool[];
  readonly images: Images;
  readonly access: "port-forward";
  readonly backup: Deep<z.output<typeof schema.backup>>;
}
