// One hundred pools of agents, each with ten resources of the kinds and sizes that a pool has.
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { agentWith } from "../../policy/cases/dind";

for (let i = 0; i < new pulumi.Config().requireNumber("pools"); i++) pool(`pool-${i}`);

function pool(name: string): void {
  const metadata = { namespace: "gocd-dev-agents", labels: { "app.kubernetes.io/part-of": "gocd" } };
  const selector = { app: name };
  const template = { metadata: { labels: selector }, spec: agentWith({})["spec"] as never };
  new apps.StatefulSet(name, { metadata, spec: { serviceName: name, selector: { matchLabels: selector }, template } });
  new core.Service(name, { metadata, spec: { clusterIP: "None", selector } });
  new core.ServiceAccount(name, { metadata, automountServiceAccountToken: false });
  const hosts = ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2376"];
  new core.ConfigMap(name, {
    metadata,
    data: { "daemon.json": JSON.stringify({ hosts, tlsverify: true, mtu: 1460 }) },
  });
  for (const part of ["daemon-tls", "client-tls", "identity"]) {
    const files = Array.from({ length: 6 }, (_, i) => [`${name}-${i}.pem`, "x".repeat(600)] as const);
    new core.Secret(`${name}-${part}`, { metadata, stringData: Object.fromEntries(files) });
  }
  for (const part of ["workspace", "cache", "extra"]) {
    const resources = { requests: { storage: "50Gi" } };
    new core.PersistentVolumeClaim(`${name}-${part}`, {
      metadata,
      spec: { accessModes: ["ReadWriteOnce"], resources },
    });
  }
}
