import { podFields, podProblems } from "../../settings/pod";

const SHA = "0".repeat(64);
const problems = (pod: unknown) => podProblems("pod", podFields.parse(pod)).map(({ key }) => key);

test("a pod without additions has none", () => {
  expect(problems({})).toEqual([]);
});

test.each([
  ["the program's own variable", { env: { DOCKER_HOST: "tcp://elsewhere" } }, "pod.env"],
  ["a variable that loads code into every process", { env: { LD_PRELOAD: "/mnt/x.so" } }, "pod.env"],
  ["identities of a pool", { env: { X: { secret: "docker-identity", key: "docker-0.token" } } }, "pod.env.X.secret"],
  [
    "certificates of a pool",
    { volumes: { x: { mountPath: "/x", secret: "docker-client-tls" } } },
    "pod.volumes.x.secret",
  ],
  ["the workspace", { volumes: { x: { mountPath: "/godata/pipelines/x", empty: "1Gi" } } }, "pod.volumes.x.mountPath"],
  [
    "all around the workspace",
    { volumes: { x: { mountPath: "/go-working-dir", empty: "1Gi" } } },
    "pod.volumes.x.mountPath",
  ],
  [
    "a directory that another volume is in",
    { volumes: { a: { mountPath: "/m/a", empty: "1Gi" }, b: { mountPath: "/m", empty: "1Gi" } } },
    "pod.volumes.b.mountPath",
  ],
  ["labels that select pods", { labels: { "app.kubernetes.io/name": "gocd-server" } }, "pod.labels"],
  ["annotations of the program", { annotations: { "gocd-on-kubernetes/rotation": "9" } }, "pod.annotations"],
  ["the daemon's name", { sidecars: { dind: { image: `a/b@sha256:${SHA}` } } }, "pod.sidecars"],
  [
    "a sidecar with the agent's variables",
    { sidecars: { x: { image: `a/b@sha256:${SHA}`, env: { GO_SERVER_URL: "" } } } },
    "pod.sidecars.x.env",
  ],
])("%s cannot be taken", (_, pod, key) => {
  expect(problems(pod)).toEqual([key]);
});

test.each([
  ["a host path", { volumes: { x: { mountPath: "/x", hostPath: "/" } } }],
  ["two sources of one volume", { volumes: { x: { mountPath: "/x", empty: "1Gi", claim: "y" } } }],
  ["no source", { volumes: { x: { mountPath: "/x" } } }],
  ["a way up", { volumes: { x: { mountPath: "/x/../godata", empty: "1Gi" } } }],
  ["the root", { volumes: { x: { mountPath: "/", empty: "1Gi" } } }],
  ["a privileged sidecar", { sidecars: { x: { image: `a/b@sha256:${SHA}`, privileged: true } } }],
  ["a sidecar by tag", { sidecars: { x: { image: "a/b:1" } } }],
])("%s is no setting", (_, pod) => {
  expect(podFields.safeParse(pod).success).toBe(false);
});
