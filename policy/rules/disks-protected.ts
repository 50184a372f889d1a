import { text } from "../reading/values";
import { finding, Findings, type ResourceRule, type Subject } from "../rule";

const instead = "Give the resource `protect: true`; `pulumi destroy --exclude-protected` then leaves it.";

/** What outlives the cluster, by type token; a predicate narrows types that hold other things too. */
const lasting: Readonly<Record<string, { readonly what: string; readonly when: (subject: Subject) => boolean }>> = {
  "gcp:compute/disk:Disk": { what: "a disk", when: () => true },
  "gcp:compute/regionDisk:RegionDisk": { what: "a disk", when: () => true },
  "gcp:storage/bucket:Bucket": {
    what: "a backup bucket",
    when: (subject) => /backup/i.test(`${subject.name} ${property(subject, "name")}`),
  },
  "gcp:artifactregistry/repository:Repository": {
    what: "the repository behind gcr.io",
    when: (subject) => /(^|\.)gcr\.io$/.test(property(subject, "repositoryId")),
  },
};

/** What the team cannot get back is not deleted by accident. */
export const disksProtected: ResourceRule = {
  name: "disks-protected",
  description: "Disks, backup buckets and the project's gcr.io repository are protected from deletion.",
  level: "mandatory",
  severity: "high",
  breaks: [
    "gcp.compute.Disk or RegionDisk without protect",
    "a gcp.storage.Bucket for backups without protect",
    "the repository gcr.io without protect",
  ],
  obeys: ["the same with protect: true", "a bucket that is not for backups", "a repository of another name"],
  instead,
  check: (subject) => {
    const findings = new Findings();
    const kept = lasting[subject.type];
    if (kept === undefined || subject.protect || !kept.when(subject)) return findings;
    findings.refused.push(finding(subject, subject.walked.root, `${kept.what} is not protected`, instead));
    return findings;
  },
};

function property(subject: Subject, key: string): string {
  return text(subject.walked.root.value[key]) ?? "";
}
