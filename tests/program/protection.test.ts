import type { Registration } from "../../preview/run/registration";
import { keptByDestroy } from "../support/graph";
import { runs, succeeded, task } from "../support/program";
import { resource } from "../support/resource";
import { variants } from "../support/stacks";

/** Random values that the data on the server's disk, or an agent's identity, is worthless without. */
const DATA_DEPENDS_ON = [
  "admin",
  "auto-register-key",
  "cipher",
  "identity-key",
  "server-id",
  "token-generation-key",
  "webhook-secret",
];

describe("what pulumi destroy --exclude-protected leaves", () => {
  let own: readonly Registration[];
  let google: readonly Registration[];
  let other: readonly Registration[];

  beforeAll(async () => {
    const sources = [
      variants["a cluster of its own"],
      variants["an existing GKE cluster"],
      variants["another Kubernetes"],
    ];
    const all = await runs(sources.map((source) => task(source, {}, false)));
    [own, google, other] = all.map(succeeded) as [Registration[], Registration[], Registration[]];
  });

  const named = (registrations: readonly Registration[]) =>
    registrations
      .filter(({ protect }) => protect)
      .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
      .sort();
  const secrets = DATA_DEPENDS_ON.map(
    (purpose) => `${purpose === "admin" ? "RandomPassword" : "RandomBytes"} gocd-dev-${purpose}`,
  );
  const disks = ["Bucket gocd-dev", "Disk gocd-dev-artifacts", "Disk gocd-dev-data"];

  test("is the disks, the bucket, the random values that data depends on, and the repository", () => {
    expect(named(own)).toEqual([...disks, ...secrets, "Repository gocd-dev"].sort());
  });

  test("is the same but the repository where images come from elsewhere", () => {
    expect(named(google)).toEqual([...disks, ...secrets].sort());
  });

  test("is the claims where there are no disks of our own", () => {
    expect(named(other)).toEqual(
      ["PersistentVolumeClaim gocd-dev-artifacts", "PersistentVolumeClaim gocd-dev-data", ...secrets].sort(),
    );
  });

  test.each(["own", "google"] as const)(
    "holds back nothing else: neither cluster nor Kubernetes provider (%s)",
    (which) => {
      const registrations = { own, google }[which];
      const kept = keptByDestroy(registrations);
      const resources = registrations.filter(({ urn, custom }) => custom && kept.has(urn));
      expect(resources.filter(({ protect }) => !protect).map(({ urn }) => urn)).toEqual([]);
      expect(resources.some(({ type }) => type.includes("kubernetes") || type.startsWith("gcp:container"))).toBe(false);
    },
  );

  test("keeps the claims' namespace with them, which is why a storage class is second best", () => {
    const kept = keptByDestroy(other);
    const objects = other.filter(({ urn, protect, custom }) => custom && kept.has(urn) && !protect);
    expect(objects.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "kubernetes:core/v1:Namespace gocd-dev",
      "pulumi:providers:kubernetes gocd-dev",
    ]);
  });

  test("protects no object in a cluster of its own, which would keep the cluster", () => {
    expect(own.filter(({ type, protect }) => protect && type.startsWith("kubernetes:"))).toEqual([]);
  });
});

describe("the walk of destroy", () => {
  test.each([
    ["a dependency", { dependencies: ["urn::cluster"] }],
    ["a dependency of a property", { propertyDependencies: { size: ["urn::cluster"] } }],
    ["the parent", { parent: "urn::cluster" }],
    ["the provider", { provider: "urn::cluster::some-id" }],
    ["deletedWith", { deletedWith: "urn::cluster" }],
    ["replaceWith", { replaceWith: ["urn::cluster"] }],
    ["a component's child", { dependencies: ["urn::component"] }],
    ["a dependency of the parent", { parent: "urn::group" }],
  ])("follows %s", (_, given) => {
    const all = [
      resource({ urn: "urn::disk", protect: true, ...given }),
      resource({ urn: "urn::cluster", parent: "urn::component" }),
      resource({ urn: "urn::component", custom: false }),
      resource({ urn: "urn::group", custom: false, dependencies: ["urn::cluster"] }),
      resource({ urn: "urn::bystander" }),
    ];
    expect(keptByDestroy(all)).toContain("urn::cluster");
    expect(keptByDestroy(all)).not.toContain("urn::bystander");
  });
});
