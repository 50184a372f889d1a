import { noProxy, type Company } from "../../kubernetes/company";
import { gibibytes } from "../../kubernetes/quantities";
import { daemonOptions, type Runtime } from "./runtime";

/** Where the daemon listens for the agent: on the pod's loopback alone. */
export const DOCKER_HOST = "tcp://127.0.0.1:2376";

/** The daemon's settings, in /etc/docker. */
export const DAEMON_FILE = "daemon.json";

/** Where each side finds its three PEM files. */
export const DAEMON_CERTIFICATES = "/certs/server";
export const CLIENT_CERTIFICATES = "/certs/client";

export interface DaemonSettings {
  readonly mtu: number;
  readonly mirrors: readonly string[];
  readonly addressPools: readonly string[];
  /** Oldest version of the API that clients may speak, such as `1.32`. Default: the daemon's own bound. */
  readonly minApiVersion?: string | undefined;
}

/**
 * `daemon.json` of an agent's Docker daemon (keys: Docker's reference of `dockerd`).
 *
 * @param cache size of the volume that holds images and build cache, such as `100Gi`.
 */
export function daemonConfig(
  { mtu, mirrors, addressPools, minApiVersion }: DaemonSettings,
  cache: string,
  { proxy, insecureRegistries }: Pick<Company, "proxy" | "insecureRegistries"> = { insecureRegistries: [] },
  runtime: Runtime = "privileged",
): string {
  const size = gibibytes(cache);
  const share = (part: number) => `${Math.max(1, Math.floor(size * part))}GB`;
  const config = {
    // The socket never leaves the container; it is what the probe asks.
    hosts: ["unix:///var/run/docker.sock", DOCKER_HOST],
    tlsverify: true,
    tlscacert: `${DAEMON_CERTIFICATES}/ca.pem`,
    tlscert: `${DAEMON_CERTIFICATES}/cert.pem`,
    tlskey: `${DAEMON_CERTIFICATES}/key.pem`,
    // `mtu` is for the default network; networks that jobs make take their options from the second key.
    mtu,
    "default-network-opts": { bridge: { "com.docker.network.driver.mtu": String(mtu) } },
    "default-address-pools": addressPools.map((base) => ({ base, size: 24 })),
    "registry-mirrors": mirrors,
    ...(insecureRegistries.length > 0 && { "insecure-registries": insecureRegistries }),
    ...(proxy && { proxies: { "http-proxy": proxy.url, "https-proxy": proxy.url, "no-proxy": noProxy(proxy) } }),
    ...(minApiVersion !== undefined && { "min-api-version": minApiVersion }),
    ...daemonOptions(runtime),
    "log-driver": "local",
    "log-opts": { "max-size": "20m", "max-file": "5" },
    // What is never collected otherwise grows until the volume is full.
    builder: {
      gc: {
        enabled: true,
        defaultReservedSpace: share(0.2),
        defaultMaxUsedSpace: share(0.5),
        defaultMinFreeSpace: share(0.2),
      },
    },
    "shutdown-timeout": 15,
    "live-restore": false,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Hosts of the registries that a pool's settings name, with the port where one is written: dockerd looks them up in this form. */
export const registryHosts = ({ mirrors }: Pick<DaemonSettings, "mirrors">, logins: readonly string[]) => [
  ...new Set([...mirrors.map((mirror) => mirror.replace(/^\w+:\/\/([^/]*).*$/, "$1")), ...logins]),
];
