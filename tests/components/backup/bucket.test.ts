import { bucketArgs } from "../../../components/backup/bucket";

test("the bucket deletes backups when their time is over, and nothing else", () => {
  const { lifecycleRules, retentionPolicy } = bucketArgs({
    name: "b",
    location: "us-central1",
    labels: {},
    keepDays: 7,
  });
  expect(lifecycleRules).toEqual([{ action: { type: "Delete" }, condition: { age: 7 } }]);
  expect(retentionPolicy).toEqual({ retentionPeriod: String(7 * 24 * 60 * 60) });
});
