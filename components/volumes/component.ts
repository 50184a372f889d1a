import * as k8s from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import { classClaim, persistentVolume, staticClaim } from "./volumes";

export interface VolumeArgs {
  readonly namespace: pulumi.Input<string>;
  /** `gocd-<stack>`, for the labels. */
  readonly instance: string;
  /** Such as `30Gi`. */
  readonly size: string;
  /** A disk of our own, in one zone or two, or a class that provides one. */
  readonly source:
    { readonly handle: pulumi.Input<string>; readonly zones: readonly string[] } | { readonly storageClass: string };
}

/** A claim of the server, and the volume behind it where the disk is our own. */
export class Volume extends pulumi.ComponentResource {
  /** Name of the claim. */
  readonly claim: pulumi.Output<string>;

  constructor(name: string, { instance, source, ...args }: VolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:volumes:Volume", name, {}, opts);
    const spec = { name, ...args, labels: labels(instance, "gocd-server") };
    if ("storageClass" in source) {
      // Here the claim is all there is between the data and `pulumi destroy`.
      const opts = { parent: this, protect: true };
      this.claim = new k8s.PersistentVolumeClaim(name, classClaim({ ...spec, ...source }), opts).metadata.name;
    } else {
      const volume = new k8s.PersistentVolume(name, persistentVolume({ ...spec, ...source }), { parent: this });
      this.claim = new k8s.PersistentVolumeClaim(name, staticClaim({ ...spec, ...source }), {
        parent: this,
        // The claim names the volume by a plain string, which is no edge: without this it might outlive it.
        dependsOn: [volume],
      }).metadata.name;
    }
    this.registerOutputs({ claim: this.claim });
  }
}
