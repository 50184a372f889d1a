import { nodePaths, objectsWithPaths } from "../reading/node-paths";
import { isRuntimeSocket, judgePath, type PathVerdict } from "../reading/paths";
import { isOn, isOneOf, list, record, shown, text } from "../reading/values";
import type { ObjectNode } from "../reading/object-node";
import type { ResourceView } from "../reading/resource-view";
import { RUNTIME_ANNOTATIONS, SOCKET_EXECUTORS, SOCKET_SWITCHES } from "../tables/operators";
import { Findings, type ResourceRule } from "../rule";
import { cis, nsa, psa } from "../tables/standards";

/** The promise of the pack: no container gets the socket of its node's runtime, nor a directory that holds one. */
export const noRuntimeSockets: ResourceRule = {
  name: "no-runtime-sockets",
  description:
    "No container is given a runtime's socket, a directory above one, or another place that gives its node away.",
  level: "mandatory",
  severity: "critical",
  standards: [...cis("5.2.12"), ...psa("baseline: HostPath Volumes"), ...nsa("Kubernetes Pod security")],
  url: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  breaks: [
    "hostPath /var/run/docker.sock, in any spelling, of any type, in any kind of object that carries it",
    "hostPath / or /var/run, with or without subPath",
    "PersistentVolume with local.path /run/containerd",
    "docker.Container that binds //./pipe/docker_engine",
    "a manifest in a ConfigMap, values of a Helm release, or a machine's start script that do one of these",
    "workingDir: /proc/self/fd/8; an annotation by which a runtime mounts or adds something of the node",
    "exposeDockerSocket, or a runtime's socket in a field of an operator's custom resource",
  ],
  obeys: [
    "emptyDir mounted at /var/run",
    "a volume named docker-sock that is an emptyDir",
    "text that mentions /var/run/docker.sock",
    "a script with docker run -v /var/run/docker.sock:… of which nobody knows where it runs (noted)",
  ],
  instead:
    "Give it a daemon of its own (a sidecar, reached at 127.0.0.1) or build without one (rootless BuildKit, Kaniko); for data, claim a volume.",
  check: (resource) => {
    const findings = new Findings();
    for (const node of objectsWithPaths(resource)) {
      for (const { key, path, how, saysSocket, match } of nodePaths(resource, node)) {
        if (path === undefined || (match === "exact" && !isRuntimeSocket(path))) continue;
        const verdict = judgePath(path) ?? (saysSocket ? SOCKET_BY_TYPE : undefined);
        if (verdict === undefined) continue;
        findings.at(resource, node).refuse(`${how} ${shown(path)} is ${verdict.what}`, key);
      }
    }
    for (const node of resource.index.withAnyKey(OTHER_WAYS)) judgeOtherWays(resource, node, findings);
    return findings;
  },
};

/** Properties by which a socket is had without a path, or by a path that is looked up elsewhere. */
const OTHER_WAYS = [
  ...SOCKET_SWITCHES,
  ...Object.keys(SOCKET_EXECUTORS),
  "annotations",
  "podAnnotations",
  "clientSockets",
  "volumesFrom",
  "fromContainer",
];

function judgeOtherWays(resource: ResourceView, node: ObjectNode, findings: Findings): void {
  const { value } = node;
  const { refuse, note } = findings.at(resource, node);
  for (const key of SOCKET_SWITCHES) if (isOn(value[key])) refuse(`${key} mounts the Docker daemon's socket`, key);
  for (const [key, executors] of Object.entries(SOCKET_EXECUTORS)) {
    const executor = value[key];
    if (isOneOf(executors, executor)) refuse(`the executor ${executor} reaches into the node's runtime`, key);
  }
  for (const key of ["annotations", "podAnnotations"]) {
    for (const name of Object.keys(record(value[key]))) {
      const annotation = RUNTIME_ANNOTATIONS.find((each) => each.name.test(name));
      const at = `${key}.${name}`;
      if (annotation?.is === "program") refuse(`of the annotation ${shown(name)}: ${annotation.what}`, at);
      if (annotation?.is === "unchecked") note(`of the annotation ${shown(name)}: ${annotation.what}`, at, UNCHECKED);
    }
  }
  for (const socket of list(value["clientSockets"])) {
    if (typeof socket === "string" && isRuntimeSocket(socket))
      note(`a command talks to ${shown(socket)}`, "", UNCHECKED);
  }
  for (const key of ["volumesFrom", "fromContainer"]) {
    for (const other of [value[key]].flat()) {
      const name = text(other) ?? text(record(other)["sourceContainer"]) ?? text(record(other)["container"]);
      if (name !== undefined) note(`it has the volumes of the container ${shown(name)}`, key, UNCHECKED);
    }
  }
}

const UNCHECKED = "It cannot be checked here: look at it yourself.";

const SOCKET_BY_TYPE: PathVerdict = { kind: "socket", what: "a socket or device of the node, as its type says" };
