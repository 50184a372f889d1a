import { writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "./binaries";
import { startDaemon, stopDaemon } from "./daemons";
import { KUBECONFIG, STATE } from "./paths";
import { NODE, POD_NETWORK } from "./sandbox";

/** Starts kube-proxy and CoreDNS, so that Services and their names work as on any cluster. */
export function startServices(): void {
  const proxy = path.join(STATE, "kube-proxy.json");
  writeFileSync(proxy, JSON.stringify(proxyConfig()));
  startDaemon({
    name: "kube-proxy",
    command: binary("kube-proxy"),
    args: [`--config=${proxy}`, `--hostname-override=${NODE}`],
  });
  const corefile = path.join(STATE, "Corefile");
  writeFileSync(corefile, COREFILE);
  startDaemon({ name: "coredns", command: binary("coredns"), args: ["-conf", corefile] });
}

/** Ends both. */
export async function stopServices(): Promise<void> {
  for (const name of ["coredns", "kube-proxy"]) await stopDaemon(name);
}

const proxyConfig = () => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  healthzBindAddress: "127.0.0.1:10256",
  metricsBindAddress: "127.0.0.1:10249",
  clientConnection: { kubeconfig: KUBECONFIG },
  clusterCIDR: POD_NETWORK.subnet,
  mode: "iptables",
  // Zero leaves the machine's own values: these settings are not a network namespace's but the kernel's.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
});

// On the bridge's address and not in a pod, because the API server listens on loopback alone.
const COREFILE = `.:53 {
  bind ${POD_NETWORK.gateway}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${KUBECONFIG} tests
  }
  cache 1
}
`;
