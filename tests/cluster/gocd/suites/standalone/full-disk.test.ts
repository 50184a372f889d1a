import { manifests } from "../../deploy";
import { get } from "../../../kubernetes/api";
import { apply, exec, kubectl, remove } from "../../../kubernetes/kubectl";
import { status, type Pod } from "../../pods";
import { eventually } from "../../../kubernetes/run";

interface StatefulSet {
  readonly spec: {
    readonly template: { readonly spec: { readonly initContainers: readonly { readonly name: string }[] } };
  };
}

const NAMESPACE = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "gocd-full-disk", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
};
const POD = "dind";
// Wherever busybox is linked with a library, that comes along.
const TOOL = `tar -c -C / bin/busybox bin/sh bin/dd bin/id $(cd / && ls lib/ld-musl-* 2>/dev/null) | docker import -c 'CMD ["sh"]' - tool:1`;
// What stopped containers hold is what jobs leave behind.
const FILL = `for i in $(seq 50); do
  docker run --network none --name fill-$i tool:1 dd if=/dev/zero of=/file bs=1M count=8 || exit 0
done
exit 1`;

/** The program's own sidecar as a pod by itself, with an image disk as large as the test wants it to be. */
async function daemonPod() {
  const agents = (await manifests()).find(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === "docker");
  const own = (agents as unknown as StatefulSet).spec.template.spec.initContainers.find(({ name }) => name === "dind");
  const kept = ["name", "image", "args", "securityContext", "startupProbe", "livenessProbe"];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: POD, namespace: NAMESPACE.metadata.name },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          ...Object.fromEntries(Object.entries(own ?? {}).filter(([key]) => kept.includes(key))),
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "768Mi" } },
          volumeMounts: [{ name: "cache", mountPath: "/var/lib/docker", subPath: "docker" }],
        },
      ],
      // A file system of exactly this size.
      volumes: [{ name: "cache", emptyDir: { medium: "Memory", sizeLimit: "96Mi" } }],
    },
  };
}

const inPod = (script: string) => exec(POD, "dind", NAMESPACE.metadata.name, ["sh", "-c", script]);
const restarts = async () => status(await get<Pod>(`pod/${POD}`, NAMESPACE.metadata.name), "dind").restartCount;

beforeAll(async () => {
  const pod = await daemonPod();
  await apply([NAMESPACE]);
  await apply([pod]);
  await kubectl(["wait", "-n", NAMESPACE.metadata.name, "--for=condition=Ready", `pod/${POD}`, "--timeout=120s"]);
}, 300_000);

afterAll(() => remove([NAMESPACE]), 120_000);

test("an image disk that is full to the last byte does not end the daemon", async () => {
  expect((await inPod(TOOL)).code).toBe(0);
  const filled = await inPod(FILL);
  expect(filled.code).toBe(0);
  expect(filled.stderr).toContain("No space left on device");
  expect((await inPod("docker info")).code).toBe(0);
  expect(await restarts()).toBe(0);
});

test("the janitor reports it, cleans it, and work goes on", async () => {
  const log = await eventually(
    "the janitor's look, once a minute",
    async () => {
      const said = await kubectl(["logs", POD, "-n", NAMESPACE.metadata.name, "-c", "dind"]);
      return said.includes("image disk") ? said : undefined;
    },
    150_000,
  );
  expect(log).toMatch(/janitor: image disk (9\d|100) % full: removed everything unused; now \d+ %$/m);
  expect(await inPod("docker ps --all --quiet; docker images --quiet")).toMatchObject({ code: 0, stdout: "" });
  expect((await inPod(`${TOOL} >/dev/null && docker run --rm --network none tool:1 id -u`)).stdout).toBe("0\n");
  expect(await restarts()).toBe(0);
});
