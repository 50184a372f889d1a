import { didYouMean } from "./did-you-mean";

/** When the table below was true. Google adds zones: one that is not in it is warned of, not refused. */
const AS_OF = "2026-11-28";

/** Zones whose letters are not a, b and c. */
const OTHER_LETTERS: Readonly<Record<string, string>> = {
  "europe-west1": "bcd",
  "us-central1": "abcf",
  "us-east1": "bcd",
};

/** Regions of Compute Engine ("Available regions and zones"). */
const REGIONS = `
africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
asia-southeast2 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1
europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12
me-central1 me-central2 me-west1 northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1
southamerica-west1 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4
`
  .trim()
  .split(/\s+/);

const ZONES = REGIONS.flatMap((region) =>
  Array.from(OTHER_LETTERS[region] ?? "abc").map((letter) => `${region}-${letter}`),
);

/** What to say of a zone that is in no list, or undefined. */
export function unknownZone(zone: string): string | undefined {
  if (ZONES.includes(zone)) return undefined;
  const exists = `no zone that Google had on ${AS_OF}${didYouMean(zone, ZONES)}`;
  return `gcp:zone is ${zone}: ${exists}. If it is newer, nothing is wrong; else pulumi up will fail.`;
}
