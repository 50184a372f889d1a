import { unknownZone } from "../../settings/zones";

test.each(["us-central1-a", "us-central1-f", "europe-west1-d", "us-east1-b", "northamerica-south1-c"])(
  "nothing is said of a zone that exists: %s",
  (zone) => {
    expect(unknownZone(zone)).toBeUndefined();
  },
);

test.each(["us-middle7-a", "us-central1-z", "us-east1-a", "europe-west1-a"])(
  "a zone that is in no list is warned of: %s",
  (zone) => {
    expect(unknownZone(zone)).toMatch(new RegExp(`gcp:zone is ${zone}: no zone that Google had on 2026-`));
  },
);

test("a zone that is misspelt is told the one that was probably meant", () => {
  expect(unknownZone("us-cetnral1-a")).toContain("did you mean us-central1-a?");
});
