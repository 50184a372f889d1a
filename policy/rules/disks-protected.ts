import { text } from "../reading/values";
import type { ResourceView } from "../reading/resource-view";
import { Findings, type ResourceRule } from "../rule";

/** What outlives the cluster, by type token; a predicate narrows types that hold other things too. */
const lasting: Readonly<Record<string, { readonly what: string; readonly when: (resource: ResourceView) => boolean }>> =
  {
    "gcp:compute/disk:Disk": { what: "a disk", when: () => true },
    "gcp:compute/regionDisk:RegionDisk": { what: "a disk", when: () => true },
    "gcp:storage/bucket:Bucket": {
      what: "a backup bucket",
      when: (resource) => /backup/i.test(`${resource.name} ${property(resource, "name")}`),
    },
    "gcp:artifactregistry/repository:Repository": {
      what: "the repository behind gcr.io",
      when: (resource) => /(^|\.)gcr\.io$/.test(property(resource, "repositoryId")),
    },
  };

/** What the team cannot get back is not deleted by accident. */
export const disksProtected: ResourceRule = {
  name: "disks-protected",
  description: "Disks, backup buckets and the project's gcr.io repository are protected from deletion.",
  level: "advisory",
  severity: "high",
  standards: [],
  url: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
  breaks: [
    "gcp.compute.Disk or RegionDisk without protect",
    "a gcp.storage.Bucket for backups without protect",
    "the repository gcr.io without protect",
  ],
  obeys: ["the same with protect: true", "a bucket that is not for backups", "a repository of another name"],
  instead: "Give the resource `protect: true`; `pulumi destroy --exclude-protected` then leaves it.",
  check: (resource) => {
    const findings = new Findings();
    const kept = lasting[resource.type];
    if (kept === undefined || resource.protect || !kept.when(resource)) return findings;
    findings.at(resource, resource.index.root).refuse(`${kept.what} is not protected`);
    return findings;
  },
};

function property(resource: ResourceView, key: string): string {
  return text(resource.index.root.value[key]) ?? "";
}
