import { type BadSetting, DIGEST, parse, PREBUILT, problemsOf, STACK, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "an image by tag",
    { "gocd:images": { prebuilt: { ...PREBUILT, server: "registry.example/server:1.0" } } },
    "gocd:images.prebuilt.server",
    /:1.0/,
    /@sha256:/,
  ],
  [
    "a digest that is too short",
    { "gocd:images": { prebuilt: { ...PREBUILT, agent: "registry.example/agent@sha256:abc" } } },
    "gocd:images.prebuilt.agent",
    /abc/,
    /64 hex/,
  ],
  [
    "an image left out",
    { "gocd:images": { prebuilt: { ...PREBUILT, dind: undefined } } },
    "gocd:images.prebuilt.dind",
    /nothing/,
    /digest/,
  ],
  [
    "images both built and prebuilt",
    { "gocd:images": { registry: "gcr.io", prebuilt: PREBUILT } },
    "gocd:images",
    /gcr.io/,
    /either prebuilt/,
  ],
  [
    "Docker Hub without an account",
    { "gocd:images": { registry: "docker.io" } },
    "gocd:images.registry",
    /docker.io/,
    /gcr.io/,
  ],
  [
    "one of Google's hosts with a path, which is the project's",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { registry: "eu.gcr.io/my-project" },
    },
    "gocd:images.registry",
    /my-project/,
    /one of gcr.io/,
  ],
  [
    "a path that Docker would look for on Docker Hub",
    { "gocd:images": { registry: "team/gocd" } },
    "gocd:images.registry",
    /team/,
    /registry.example.com\/team/,
  ],
  [
    "a Google registry where there is no Google",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { registry: "gcr.io" },
    },
    "gocd:images.registry",
    /gcr.io/,
    /not Google's/,
  ],
  [
    "a repository to make in a registry that is not Google's",
    { "gocd:images": { registry: "ghcr.io/team", repository: "create" } },
    "gocd:images.repository",
    /create/,
    /nothing: only the repository behind gcr.io/,
  ],
  [
    "a user for a registry of Google's",
    { "gocd:images": { username: "pusher" } },
    "gocd:images.username",
    /pusher/,
    /whoever runs Pulumi pushes to gcr.io/,
  ],
  [
    "a user without a password",
    { "gocd:images": { registry: "ghcr.io/team", username: "pusher" } },
    "gocd:registryPassword",
    /nothing/,
    /pulumi config set --secret gocd:registryPassword/,
  ],
  [
    "a prefix that is a host of Google's alone",
    { "gocd:images": { prefix: "gcr.io" } },
    "gocd:images.prefix",
    /gcr.io/,
    /us-docker.pkg.dev/,
  ],
  [
    "images pushed to another place than the prefix",
    { "gocd:images": { prefix: "registry.example/a", registry: "registry.example/ab" } },
    "gocd:images.registry",
    /registry.example\/ab/,
    /registry.example\/a, a path below it/,
  ],
  [
    "bases beside the prefix",
    { "gocd:images": { prefix: "registry.example/a", bases: "registry.example/b" } },
    "gocd:images.bases",
    /registry.example\/b/,
    /nothing: gocd:images.prefix/,
  ],
  [
    "images to build where there is no Google",
    { "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } } },
    "gocd:images.prebuilt",
    /nothing/,
    /by digest/,
  ],
];

describe("settings of images", () => {
  testBad(BAD);

  test.each([
    ["ghcr.io/team", undefined],
    ["docker.io/team", "pusher"],
    ["registry.example.com:5000", undefined],
    ["localhost:5000/a/b-c", undefined],
    ["us-docker.pkg.dev/my-project/gocd", "oauth2accesstoken"],
  ])("push to %s as %s", (registry, username) => {
    const images = { registry, ...(username !== undefined && { username }) };
    const password = username === undefined ? {} : { "gocd:registryPassword": "canary" };
    expect(parse({ ...STACK, "gocd:images": images, ...password }, "dev", ["gocd:registryPassword"]).images).toEqual({
      mode: "registry",
      ...images,
      architectures: { server: "amd64", agents: ["amd64"] },
    });
  });

  test.each([
    ["ghcr.io/team/tool", "mirror.example/all/team/tool"],
    ["localhost/tool", "mirror.example/all/tool"],
    ["registry:5000/tool", "mirror.example/all/tool"],
    ["team/tool", "mirror.example/all/team/tool"],
    ["mirror.example/all/team/tool", "mirror.example/all/team/tool"],
  ])("move %s to %s", (from, to) => {
    const of = (name: string) => ({ ...PREBUILT, agent: `${name}@${DIGEST}` });
    const { images } = parse({ ...STACK, "gocd:images": { prebuilt: of(from), prefix: "mirror.example/all" } });
    expect(images).toMatchObject({
      references: { agent: `${to}@${DIGEST}`, dind: `mirror.example/all/dind@${DIGEST}` },
    });
  });

  test("push below the prefix, where what they are built from is, too", () => {
    const { images } = parse({ ...STACK, "gocd:images": { prefix: "mirror.example/all" } });
    expect(images).toMatchObject({ mode: "registry", registry: "mirror.example/all", bases: "mirror.example/all" });
  });

  test.each([
    ["a registry's password without its user", { registry: "ghcr.io/team" }, "gocd:images.username", /belongs to/],
    ["a registry's password that nobody asks for", {}, "gocd:registryPassword", /nothing/],
    ["a registry's password with images built elsewhere", { prebuilt: PREBUILT }, "gocd:registryPassword", /nothing/],
  ])("refuse %s, and do not quote it", (_, images, key, wanted) => {
    const config = { ...STACK, "gocd:images": images, "gocd:registryPassword": "canary-5c1d" };
    const problems = problemsOf(() => parse(config, "dev", ["gocd:registryPassword"]));
    expect(problems).toEqual([
      { key, found: expect.any(String) as string, wanted: expect.stringMatching(wanted) as string },
    ]);
    expect(JSON.stringify(problems)).not.toContain("canary-5c1d");
  });
});
