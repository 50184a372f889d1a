import { readFileSync } from "node:fs";
import {
  baseArgs,
  buildsFor,
  googleTarget,
  imageArgs,
  imageRepository,
  IMAGES,
  otherTarget,
  reference,
  repositoryArgs,
  type ImageName,
} from "../../../components/images/registry";

const PASSWORD = "secret";
const build = (image: ImageName) => ({ image, architecture: "amd64", suffix: "" }) as const;

describe("bases from elsewhere", () => {
  const of = (image: string) => {
    const dockerfile = readFileSync(`${__dirname}/../../../images/${image}/Dockerfile`, "utf8");
    return { dockerfile, args: baseArgs(dockerfile, "registry.example.com/mirror") };
  };

  test.each(IMAGES)("replace every image that %s is built from, and keep names and versions", (image) => {
    const { dockerfile, args } = of(image);
    const stages = [...dockerfile.matchAll(/^FROM \$\{([A-Z]+)\}/gm)].map(([, argument]) => argument);
    expect(stages.length).toBeGreaterThan(0);
    expect(Object.keys(args)).toEqual(expect.arrayContaining(stages));
    for (const [argument, base] of Object.entries(args))
      expect(dockerfile).toContain(`ARG ${argument}=${base.replace("registry.example.com/mirror/", "")}\n`);
  });

  test("are build arguments, which are absent where nobody asks for them", () => {
    const target = otherTarget("gocd-dev", { registry: "ghcr.io/team" });
    const { args } = of("agent");
    expect(imageArgs(target, build("agent"), ".", args).build).toMatchObject({ args });
    expect(imageArgs(target, build("agent"), ".").build).not.toHaveProperty("args");
  });
});

describe("where images are pushed to", () => {
  test("is the project's repository behind a host of Google's, with a token for it", () => {
    const target = googleTarget("gocd-dev", { registry: "eu.gcr.io", project: "p" }, PASSWORD);
    expect(imageArgs(target, build("dind"), ".")).toMatchObject({
      imageName: "eu.gcr.io/p/gocd-dev/dind:current",
      registry: { server: "eu.gcr.io", username: "oauth2accesstoken", password: PASSWORD },
    });
  });

  test.each([
    ["registry.example.com:5000/team", "registry.example.com:5000/team/gocd-agent", "registry.example.com:5000"],
    ["docker.io/team", "docker.io/team/gocd-agent", "docker.io"],
    ["localhost:5000", "localhost:5000/gocd-agent", "localhost:5000"],
  ])("is %s, one level below it", (registry, repository, server) => {
    const target = otherTarget("gocd-dev", { registry, username: "pusher", password: PASSWORD });
    expect(imageRepository(target, "agent")).toBe(repository);
    expect(target.registry).toEqual({ server, username: "pusher", password: PASSWORD });
  });

  test("is left to docker login where nobody is named", () => {
    expect(imageArgs(otherTarget("gocd-dev", { registry: "ghcr.io/team" }), build("agent"), ".")).not.toHaveProperty(
      "registry",
    );
  });

  test("is another name for every image and stack", () => {
    const names = ["gocd-a", "gocd-b"].flatMap((name) => {
      const target = otherTarget(name, { registry: "ghcr.io/team" });
      return IMAGES.map((image) => imageArgs(target, build(image), ".").imageName);
    });
    expect(new Set(names).size).toBe(2 * IMAGES.length);
  });
});

describe("the cleanup of a repository that the whole project shares", () => {
  const [host, instance] = ["gcr.io", "gocd-dev"];
  const policies = repositoryArgs(host, instance).cleanupPolicies.map((policy) => ({
    action: policy.action,
    prefixes: (policy.condition ?? policy.mostRecentVersions).packageNamePrefixes,
  }));
  const touching = (name: string) =>
    policies.filter(({ prefixes }) => prefixes.some((prefix) => name.startsWith(prefix))).map(({ action }) => action);

  test.each(IMAGES)("deletes and keeps %s of this stack", (image) => {
    const target = googleTarget(instance, { registry: host, project: "p" }, PASSWORD);
    const name = imageRepository(target, image).slice(`${host}/p/`.length);
    expect(touching(name)).toEqual(["DELETE", "KEEP"]);
  });

  test.each([
    "shop",
    "team/shop",
    "gocd-dev",
    "gocd-dev2/server",
    "gocd-development/agent",
    "gocd-test/server",
    "server",
  ])("leaves %s alone, which is not this stack's", (name) => {
    expect(touching(name)).toEqual([]);
  });

  test("has no policy for every name", () => {
    expect(policies.filter(({ prefixes }) => prefixes.length === 0 || prefixes.includes(""))).toEqual([]);
  });
});

describe("what is built for nodes of other processors", () => {
  const target = otherTarget("gocd-dev", { registry: "ghcr.io/team" });
  const built = (...of: Parameters<typeof buildsFor>) =>
    buildsFor(...of).map((one) => {
      const { imageName, build } = imageArgs(target, one, ".");
      return `${imageName} ${build.platform}`;
    });

  test("is another tag in the repository that the policies know", () => {
    expect(built("amd64", ["amd64", "arm64"])).toEqual([
      "ghcr.io/team/gocd-server:gocd-dev linux/amd64",
      "ghcr.io/team/gocd-agent:gocd-dev linux/amd64",
      "ghcr.io/team/gocd-agent:gocd-dev-arm64 linux/arm64",
      "ghcr.io/team/gocd-dind:gocd-dev linux/amd64",
      "ghcr.io/team/gocd-dind:gocd-dev-arm64 linux/arm64",
      "ghcr.io/team/gocd-housekeeping:gocd-dev linux/amd64",
    ]);
  });

  test("is nothing that no node would run", () => {
    expect(built("arm64", ["arm64"]).filter((image) => image.endsWith("linux/amd64"))).toEqual([]);
    expect(built("amd64", ["amd64"]).filter((image) => image.endsWith("linux/arm64"))).toEqual([]);
  });
});

test.each([
  ["docker.io/team/gocd-dind", "team/gocd-dind@sha256:0a"],
  ["gcr.io/p/gocd-b/dind", "gcr.io/p/gocd-a/dind@sha256:0a"],
  ["gcr.io/p/gocd-a/dind", "sha256:0a"],
])("an image pushed to %s runs under that name, though Docker reports %s", (repository, reported) => {
  expect(reference(repository, reported)).toBe(`${repository}@sha256:0a`);
});
