import { buildAll, builtBinary, STRIPPED, type Build } from "../kubernetes/go-modules";

const DAEMON: readonly Build[] = [
  {
    module: "moby",
    packages: {
      dockerd: "github.com/moby/moby/v2/cmd/dockerd",
      "docker-proxy": "github.com/moby/moby/v2/cmd/docker-proxy",
    },
    ldflags: STRIPPED,
  },
];

/** The client's plug-ins. */
const PLUGINS: readonly Build[] = [
  // Each tells its version, and Compose wants a buildx that is new enough.
  {
    module: "compose",
    packages: { "docker-compose": "github.com/docker/compose/v5/cmd" },
    ldflags: `${STRIPPED} -X github.com/docker/compose/v5/internal.Version=v5.6.0`,
  },
  {
    module: "buildx",
    packages: { "docker-buildx": "github.com/docker/buildx/cmd/buildx" },
    ldflags: `${STRIPPED} -X github.com/docker/buildx/version.Version=v0.36.1`,
  },
];

/** What jobs run: a builder as buildx makes one, a registry, a test with Testcontainers, and what is built for several architectures. */
const IMAGES: readonly Build[] = [
  {
    module: "buildkit",
    packages: {
      buildkitd: "github.com/moby/buildkit/cmd/buildkitd",
      buildctl: "github.com/moby/buildkit/cmd/buildctl",
    },
    ldflags: STRIPPED,
  },
  {
    module: "registry",
    packages: { registry: "github.com/distribution/distribution/v3/cmd/registry" },
    ldflags: STRIPPED,
  },
  { module: "testcontainers", packages: { testcontainers: "." }, ldflags: STRIPPED },
];

/** A program for each processor. */
const PROGRAMS: readonly Build[] = ["amd64", "arm64"].map((architecture) => ({
  module: "architecture",
  packages: { [`program-${architecture}`]: "." },
  ldflags: STRIPPED,
  architecture,
}));

/** Where a binary of Docker's is; it is there once what builds it has come back. */
export const dockerBinary = (name: string): string =>
  builtBinary([...DAEMON, ...PLUGINS, ...IMAGES, ...PROGRAMS], name);

/** Builds dockerd, for the images and for the laptop. */
export const buildDocker = (): Promise<void> => buildAll(DAEMON);

/** Builds Compose and buildx. */
export const buildDockerPlugins = (): Promise<void> => buildAll(PLUGINS);

/** Builds what stands in for images that jobs pull. */
export const buildJobImages = (): Promise<void> => buildAll([...IMAGES, ...PROGRAMS]);
export const buildPrograms = (): Promise<void> => buildAll(PROGRAMS);
