import { z } from "zod";
import { problem, type Problem } from "./problems";
import { text, zone, type ReadonlyDeep } from "./values";

const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Google's own keys; needed unless the cluster exists outside Google. */
export const google = z.object({
  project: text("a Google Cloud project id", PROJECT).describe("where everything is made"),
  region: text("a Compute Engine region such as us-central1", /^[a-z]+-[a-z]+\d+$/).describe(
    "of network and snapshots",
  ),
  zone: zone.describe("of the disks, and so of cluster and nodes"),
});

/** Where Google's resources are. */
export type Google = ReadonlyDeep<z.output<typeof google>>;

/** A zone of another region. */
export function locationProblems({ region, zone }: Google): Problem[] {
  if (zone.startsWith(`${region}-`)) return [];
  return [problem("gcp:zone", zone, `a zone of gcp:region, which is ${region}`)];
}
