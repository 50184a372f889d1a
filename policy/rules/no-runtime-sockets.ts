import { nodePaths, objectsWithPaths } from "../reading/node-paths";
import { isRuntimeSocket, judgePath, type PathVerdict } from "../reading/paths";
import { shown } from "../reading/values";
import { finding, Findings, type ResourceRule } from "../rule";

const INSTEAD =
  "Let jobs use their own daemon (the agent's dind sidecar, DOCKER_HOST=tcp://127.0.0.1:2376); for data, claim a volume.";

/** The promise of the project: no container gets the socket of its node's runtime, nor a directory that holds one. */
export const noRuntimeSockets: ResourceRule = {
  name: "no-runtime-sockets",
  description:
    "No container is given a runtime's socket, a directory above one, or another place that gives its node away.",
  level: "mandatory",
  severity: "critical",
  breaks: [
    "hostPath /var/run/docker.sock, in any spelling, of any type, in any kind of object that carries it",
    "hostPath / or /var/run, with or without subPath",
    "PersistentVolume with local.path /run/containerd",
    "docker.Container that binds //./pipe/docker_engine",
    "a manifest in a ConfigMap, or values of a Helm release, that do one of these",
  ],
  obeys: [
    "emptyDir mounted at /var/run",
    "a volume named docker-sock that is an emptyDir",
    "text that mentions /var/run/docker.sock",
  ],
  instead: INSTEAD,
  check: (resource) => {
    const findings = new Findings();
    for (const node of objectsWithPaths(resource)) {
      for (const { key, path, how, saysSocket, match } of nodePaths(resource, node)) {
        if (path === undefined) continue;
        const verdict = judgePath(path) ?? (saysSocket ? SOCKET_BY_TYPE : undefined);
        if (verdict === undefined || (match === "exact" && !isRuntimeSocket(path))) continue;
        findings.refused.push(finding(resource, node, `${how} ${shown(path)} is ${verdict.what}`, INSTEAD, key));
      }
    }
    return findings;
  },
};

const SOCKET_BY_TYPE: PathVerdict = { kind: "socket", what: "a socket or device of the node, as its type says" };
