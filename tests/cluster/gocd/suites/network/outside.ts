import { createServer, type Server } from "node:net";
import { run } from "../../../kubernetes/run";
import { POD_NETWORK } from "../../../kubernetes/sandbox";
import type { Target } from "../../reach";

export type Targets = Readonly<Record<string, Target>>;

const NODE_CACHE = "169.254.20.10";
const METADATA = "169.254.169.254";

/** What a pod may want to reach outside the pods' network. The sandbox has no other network: its node plays them all. */
export const OUTSIDE = {
  /** The internet: an address for documentation, which belongs to nobody. */
  internet: { internet: ["203.0.113.10", 443], "another port there": ["203.0.113.10", 22] },
  /** Where names are resolved by address: Cloud DNS, and the cache on each node of GKE. */
  names: { "Cloud DNS": [METADATA, 53], "the node's cache": [NODE_CACHE, 53] },
  metadata: { "metadata server": [METADATA, 80], "metadata server of Workload Identity": ["169.254.169.252", 988] },
  others: {
    "the node": [POD_NETWORK.gateway, 8090],
    "10.0.0.0/8": ["10.200.0.1", 443],
    "100.64.0.0/10": ["100.64.0.9", 443],
    "172.16.0.0/12": ["172.16.5.5", 443],
    "192.168.0.0/16": ["192.168.77.1", 443],
    "the node's cache on another port": [NODE_CACHE, 80],
  },
  /** What settings may name, and what is next to it. */
  named: {
    "DNS server": ["10.200.0.53", 53],
    "another port of the DNS server": ["10.200.0.53", 443],
    "proxy of the company": ["172.31.0.3", 3128],
    "next to that proxy": ["172.31.0.4", 3128],
    "another port of metadata": [METADATA, 8080],
  },
} as const satisfies Readonly<Record<string, Targets>>;

/** Gives the sandbox these addresses and listens on each; returns what ends that. */
export async function listenOutside(): Promise<() => Promise<void>> {
  const targets = Object.values<Targets>(OUTSIDE).flatMap((group) => Object.values(group));
  const addresses = new Set(targets.map(([address]) => address).filter((address) => address !== POD_NETWORK.gateway));
  for (const address of addresses) await run("ip", ["address", "replace", `${address}/32`, "dev", "lo"]);
  const servers = await Promise.all(targets.map(listen));
  return async () => {
    await Promise.all(servers.map(close));
    for (const address of addresses) await run("ip", ["address", "delete", `${address}/32`, "dev", "lo"]);
  };
}

const listen = ([address, port]: Target): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once("error", reject);
    server.listen(port, address, () => {
      resolve(server);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
