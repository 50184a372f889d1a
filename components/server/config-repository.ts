import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RESTRICTED } from "../../kubernetes/security";

/** What an empty disk starts from, in place of the seed. */
export interface ConfigRepository {
  readonly url: string;
  readonly branch?: string | undefined;
}

type Container = k8s.types.input.core.v1.Container;

/** For `10-first-boot` in images/server. */
export const repositoryEnv = ({ url, branch }: ConfigRepository) => [
  { name: "CONFIG_REPOSITORY", value: url },
  ...(branch === undefined ? [] : [{ name: "CONFIG_REPOSITORY_BRANCH", value: branch }]),
];

/** Where the configuration will be. */
const DATA = { name: "data", mountPath: "/godata", subPath: "godata" } as const;

/**
 * Before the server: one container clones, with the server's git, and one reads the configuration with a parser, which only
 * housekeeping's image has. GoCD would start open to everybody with one that asks for no log-in.
 *
 * @param server image, variables and mounts of the server, which git needs for its log-in, SSH and proxy.
 */
export function repositoryContainers(
  server: Required<Pick<Container, "image" | "env" | "volumeMounts">>,
  checker: pulumi.Input<string>,
) {
  const shared = {
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
  } as const;
  return [
    {
      name: "clone",
      ...server,
      command: ["/docker-entrypoint.d/10-first-boot", "clone"],
      ...shared,
      securityContext: RESTRICTED,
    },
    {
      name: "check-configuration",
      image: checker,
      args: ["check-configuration"],
      ...shared,
      securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
      volumeMounts: [DATA],
    },
  ] satisfies Container[];
}
