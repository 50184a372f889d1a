import type { Registration } from "../../preview/run/registration";
import { unwrappedMap } from "../../preview/run/wire";
import { runs, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

/** Roles with which nothing in a repository can be changed. */
const READING = ["roles/artifactregistry.reader"];

/** Repositories for what jobs push. */
const OF_BUILDS: readonly unknown[] = ["gocd-dev-builds", "gocd-pools-builds"];

/** Who may change what is in which repository of Artifact Registry. */
const writers = (stack: readonly Registration[]) =>
  stack
    .filter(({ type }) => type === "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember")
    .map(({ inputs }) => unwrappedMap(inputs))
    .filter(({ role }) => !READING.some((reading) => reading === role))
    .map(({ repository, member }) => ({ repository, member }));

describe("jobs push to a repository of their own", () => {
  const stacks = new Map<string, readonly Registration[]>();

  beforeAll(async () => {
    const all = await runs(Object.values(variants).map((source) => task(source, {}, true)));
    Object.keys(variants).forEach((name, index) => stacks.set(name, succeeded(all[index] as (typeof all)[number])));
  });

  test("as the service account of their pool, and as no other", () => {
    expect(writers(stacks.get("several pools") ?? [])).toEqual([
      {
        repository: "gocd-pools-builds",
        member: expect.stringMatching(
          /^principal:\/\/iam\.googleapis\.com\/.*\/subject\/ns\/gocd-pools-agents\/sa\/deploy$/,
        ) as string,
      },
    ]);
  });

  test.each(Object.keys(variants))("and nobody in a cluster may change the repository of the images: %s", (name) => {
    const others = writers(stacks.get(name) ?? []).filter(({ repository }) => !OF_BUILDS.includes(repository));
    expect(others).toEqual([]);
  });
});
