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

/** The client's plug-ins, for the laptop alone. */
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

/** Where a binary of Docker's is; it is there once what builds it has come back. */
export const dockerBinary = (name: string): string => builtBinary([...DAEMON, ...PLUGINS], name);

/** Builds dockerd, for the images and for the laptop. */
export const buildDocker = (): Promise<void> => buildAll(DAEMON);

/** Builds Compose and buildx. */
export const buildDockerPlugins = (): Promise<void> => buildAll(PLUGINS);
