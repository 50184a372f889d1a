import { AGENTS_NAMESPACE, deployed, ready } from "./deploy";
import { apply, exec, kubectl, remove } from "../kubernetes/kubectl";
import { agent, job, loadTool } from "./pods";
import { say } from "../kubernetes/progress";
import { TEST_IMAGES } from "./test-images";
import { deletePods } from "../kubernetes/delete-pods";

/** Steps that take a second each, as those of a build that downloads and compiles. */
const DOCKERFILE = ["FROM tool:1", ...[1, 2, 3, 4, 5].map((step) => `RUN sleep 1; echo ${step} >/step${step}`)].join(
  "\n",
);
const BUILD = "cd /godata/pipelines/bench && docker build -q -t bench:1 . >/dev/null";
const RUNS = 3;

const NAMESPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: "gocd-bench" } };
/** A daemon's container in which nothing runs yet. */
const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "daemon", namespace: NAMESPACE.metadata.name },
  spec: {
    containers: [
      {
        name: "daemon",
        image: TEST_IMAGES.dind.reference,
        command: ["sleep", "86400"],
        securityContext: { privileged: true },
        volumeMounts: [{ name: "data", mountPath: "/var/lib/docker" }],
      },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
  },
};
/**
 * The entry point as it comes: it takes the certificates that it finds, and otherwise makes some. In a folder of its own,
 * because the janitor hides the usual one.
 */
const DAEMON = `export DOCKER_TLS_CERTDIR=/keys
  dockerd-entrypoint.sh --bridge=none --iptables=false --ip6tables=false </dev/null >/var/log/daemon 2>&1 &
  daemon=$!
  until docker -H unix:///var/run/docker.sock version >/dev/null 2>&1; do
    kill -0 $daemon 2>/dev/null || { cat /var/log/daemon >&2; exit 1; }
    sleep 0.05
  done`;
const STOP = `pid=$(cat /var/run/docker.pid); kill $pid; for i in $(seq 100); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done; pkill janitor; true`;

/** Measures and prints, in one run, what the design promises to be faster: medians and their ratios. */
export async function bench(): Promise<void> {
  await builds();
  await starts();
}

async function builds(): Promise<void> {
  await deployed();
  await loadTool(0);
  await job(0, "mkdir -p /godata/pipelines/bench; cat >/godata/pipelines/bench/Dockerfile", { input: DOCKERFILE });
  await job(0, BUILD);
  await deletePods(AGENTS_NAMESPACE, agent(0));
  await ready();
  const warm = await median(() => job(0, BUILD));
  const cold = await median(
    () => job(0, BUILD),
    () => job(0, "docker builder prune --all --force >/dev/null"),
  );
  compare("the same build after the agent's restart: warm cache", warm, "cold cache", cold);
}

async function starts(): Promise<void> {
  await apply([NAMESPACE]);
  await apply([POD]);
  await kubectl(["wait", "-n", POD.metadata.namespace, "--for=condition=Ready", "pod/daemon", "--timeout=60s"]);
  const run = async (script: string) => {
    const { code, stderr } = await exec("daemon", "daemon", POD.metadata.namespace, ["sh", "-c", script]);
    if (code !== 0) throw new Error(stderr);
  };
  // The first start makes what the prepared ones find.
  await run(`mkdir -p /var/log; ${DAEMON}; cp -r /keys /made; ${STOP}`);
  const generated = await median(
    () => run(DAEMON),
    () => run(`${STOP}; rm -rf /keys`),
  );
  const prepared = await median(
    () => run(DAEMON),
    () => run(`${STOP}; rm -rf /keys; mkdir /keys; cp -r /made/server /keys`),
  );
  await remove([NAMESPACE]);
  compare("a daemon that finds its certificates: ready after", prepared, "one that makes its own", generated);
}

async function median(
  work: () => Promise<unknown>,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await before();
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? NaN;
}

const compare = (one: string, faster: number, other: string, slower: number) => {
  say(`${one} ${faster.toFixed(2)} s, ${other} ${slower.toFixed(2)} s: ${(slower / faster).toFixed(1)} times as long`);
};
