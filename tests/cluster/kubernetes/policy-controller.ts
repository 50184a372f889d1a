// What enforces network policies, where a suite is about them: the cluster's own network plug-in, a bridge, does not.
import path from "node:path";
import { SERVICES } from "./control-plane";
import { startDaemon, stopDaemon } from "./daemons";
import { bringPackages } from "./debian";
import { buildAll, builtBinary, STRIPPED, type Build } from "./go-modules";
import { KUBECONFIG } from "./paths";
import { NODE } from "./sandbox";

const NAME = "kube-router";
const BUILDS: readonly Build[] = [
  {
    module: NAME,
    packages: { [NAME]: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
    ldflags: STRIPPED,
  },
];

/** Builds it, and brings the program with which it talks to the kernel. */
export async function bringPolicyController(): Promise<void> {
  await bringPackages({ unpacked: [], installed: { "/usr/sbin/ipset": "ipset" } });
  await buildAll(BUILDS);
}

/** Starts it, for network policies alone: routes and Services are the business of others here. */
export function startPolicyController(): void {
  startDaemon({
    name: NAME,
    command: builtBinary(BUILDS, NAME),
    args: [
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      "--enable-cni=false",
      "--health-port=0",
      `--kubeconfig=${KUBECONFIG}`,
      `--hostname-override=${NODE}`,
      `--service-cluster-ip-range=${SERVICES}`,
    ],
    env: { PATH: ["/usr/sbin", path.dirname(process.execPath), process.env["PATH"]].join(":") },
  });
}

/** Ends it; the rules that it has made stay in the sandbox. */
export const stopPolicyController = (): Promise<void> => stopDaemon(NAME);
