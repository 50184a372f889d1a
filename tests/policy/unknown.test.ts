import { analyzer, notes, refusals } from "./analyzer";
import { agentsPod, container, otherPod, volume, withHostPath } from "./cases/case";
import { agentWith } from "./cases/dind";
import { UNKNOWN } from "./unknown-values";

const POD = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();

const withNamespace = (namespace: string) => {
  const pod = agentWith({});
  return { ...pod, metadata: { ...(pod["metadata"] as object), namespace } };
};

describe("values that are known only after up", () => {
  const sock = { name: "sock", hostPath: { path: "/var/run/docker.sock" } };

  test.each([
    ["an unknown image", agentsPod({ containers: [container({ image: UNKNOWN.text })], volumes: [sock] })],
    ["an unknown list of init containers", agentsPod({ initContainers: UNKNOWN.list, volumes: [sock] })],
    ["an unknown neighbour in the list", agentsPod({ volumes: [UNKNOWN.object, sock] })],
    ["unknown metadata", { ...agentsPod({ volumes: [sock] }), metadata: UNKNOWN.object }],
    ["an unknown name", agentsPod({ volumes: [sock] }, { name: UNKNOWN.text })],
    [
      "an unknown type of the path",
      agentsPod({ volumes: [{ name: "sock", hostPath: { path: "/run", type: UNKNOWN.text } }] }),
    ],
  ])("leave a known violation refused beside %s", async (_what, props) => {
    expect(refusals(await analyze({ type: POD, props })).map(({ policy }) => policy)).toContain("no-runtime-sockets");
  });

  test.each([
    ["the specification", { ...agentsPod(), spec: UNKNOWN.object }, "spec is known only after up"],
    ["the volumes", agentsPod({ volumes: UNKNOWN.list }), "volumes is known only after up"],
    [
      "the namespace of the daemon's pod, as before the first up",
      withNamespace(UNKNOWN.text),
      "its namespace is known only after up",
    ],
    ["an image", agentsPod({ containers: [container({ image: UNKNOWN.text })] }), "the image is known only after up"],
    ["a host path elsewhere", withHostPath(UNKNOWN.text), "path is known only after up"],
    [
      "a driver",
      otherPod({ volumes: [{ name: "v", csi: { driver: UNKNOWN.text } }] }),
      "driver is known only after up",
    ],
    [
      "the server of a volume",
      otherPod({ volumes: [{ name: "v", nfs: { server: UNKNOWN.text, path: "/" } }] }),
      "server is known only after up",
    ],
    [
      "a chart's values",
      {
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        metadata: { name: "h" },
        spec: { values: UNKNOWN.object },
      },
      "values is known only after up",
    ],
    [
      "a variable's name",
      otherPod({ containers: [container({ env: [{ name: UNKNOWN.text, value: "tcp://10.0.0.1:2375" }] })] }),
      "the variable's name is known only after up",
    ],
    ["a switch", otherPod({ hostNetwork: UNKNOWN.switch }), "hostNetwork is known only after up"],
    [
      "DOCKER_HOST",
      otherPod({ containers: [container({ env: [{ name: "DOCKER_HOST", value: UNKNOWN.text }] })] }),
      "DOCKER_HOST could not be checked",
    ],
    [
      "DOCKER_HOST in GoCD's namespace",
      agentsPod({ containers: [container({ env: [{ name: "DOCKER_HOST", value: UNKNOWN.text }] })] }),
      "DOCKER_HOST could not be checked",
    ],
  ])("are reported as not checked: %s", async (_what, props, note) => {
    const found = await analyze({ type: POD, props });
    expect(refusals(found)).toEqual([]);
    expect(notes(found).join("\n")).toContain(note);
    expect(notes(found)).toMatchSnapshot();
  });

  test.each(["gcp:compute/instance:Instance", "my-kubernetes:index:Thing"])(
    "are not reported where they decide nothing, in a %s",
    async (type) => {
      expect(await analyze({ type, props: { spec: UNKNOWN.object, volumes: UNKNOWN.list } })).toEqual([]);
    },
  );

  test("never make the engine give up on a rule", async () => {
    const found = await analyze({
      type: POD,
      props: { ...agentsPod({ volumes: UNKNOWN.list }), metadata: UNKNOWN.object },
    });
    expect(found.filter(({ message }) => message.includes("can't run policy"))).toEqual([]);
  });

  test("let the agents' sidecar pass while only its image is unknown, and say so", async () => {
    const found = await analyze({ type: POD, props: agentWith({ image: UNKNOWN.text }) });
    expect(refusals(found)).toEqual([]);
    expect(notes(found)).toContain(
      "no-privileged-containers: Pod gocd-dev-agents/case, container dind: dind is privileged and its image is known only after up (spec.initContainers[0].image). It is checked again then.",
    );
  });

  test("have nothing to say about the agents' sidecar when there are none", async () => {
    expect(await analyze({ type: POD, props: agentWith({}) })).toEqual([]);
  });

  test.each([
    ["arguments", { args: UNKNOWN.list }],
    ["mounts", { volumeMounts: UNKNOWN.list }],
    ["environment", { env: UNKNOWN.list }],
    ["name", { name: UNKNOWN.text }],
    ["command", { command: UNKNOWN.list }],
  ])("do not let a privileged container pass whose %s is unknown", async (_what, changes) => {
    const found = refusals(await analyze({ type: POD, props: agentWith({ image: UNKNOWN.text, ...changes }) }));
    expect(found.map(({ policy }) => policy)).toContain("no-privileged-containers");
  });

  test("make a host path count as GoCD's while its namespace is unknown", async () => {
    const found = refusals(
      await analyze({
        type: POD,
        props: agentsPod({ volumes: [{ name: "v", hostPath: { path: "/data" } }] }, { namespace: UNKNOWN.text }),
      }),
    );
    expect(found.map(({ policy }) => policy)).toEqual(["no-host-paths"]);
  });

  test("make a host path count as GoCD's while its metadata is unknown", async () => {
    const props = { ...agentsPod({ volumes: [{ name: "v", hostPath: { path: "/srv" } }] }), metadata: UNKNOWN.object };
    const found = refusals(await analyze({ type: POD, props }));
    expect(found.map(({ policy }) => policy)).toEqual(["no-host-paths"]);
  });

  test.each([
    ["a docker.Container's network", "docker:index/container:Container", { networkMode: UNKNOWN.text }, "networkMode"],
    ["a Service's type", "kubernetes:core/v1:Service", { spec: { type: UNKNOWN.text } }, "type"],
    ["a Service's addresses", "kubernetes:core/v1:Service", { spec: { externalIPs: UNKNOWN.list } }, "externalIPs"],
    [
      "a Pod inside a resource of another kind",
      "pulumi-nodejs:dynamic:Resource",
      { pod: { apiVersion: "v1", kind: "Pod", spec: UNKNOWN.object } },
      "spec",
    ],
    ["a docker.Volume's device", "docker:index/volume:Volume", { driverOpts: { device: UNKNOWN.text } }, "device"],
    [
      "a StorageClass's provisioner",
      "kubernetes:storage.k8s.io/v1:StorageClass",
      { provisioner: UNKNOWN.text },
      "provisioner",
    ],
  ])("are reported as not checked in %s", async (_what, type, props, key) => {
    const found = await analyze({ type, props });
    expect(refusals(found)).toEqual([]);
    expect(notes(found).join("\n")).toContain(`${key} is known only after up`);
    expect(notes(found)).toMatchSnapshot();
  });

  test("make a volume count as GoCD's while its claim is unknown", async () => {
    const props = volume({ hostPath: { path: "/mnt" } }, UNKNOWN.text);
    expect(refusals(await analyze({ type: "kubernetes:core/v1:PersistentVolume", props }))).not.toEqual([]);
  });

  test.each([
    ["path", { path: UNKNOWN.text }],
    ["host path itself", UNKNOWN.object],
  ])("make a host path of GoCD refused although the %s is unknown", async (_what, hostPath) => {
    const props = agentsPod({ volumes: [{ name: "v", hostPath }] });
    const found = refusals(await analyze({ type: POD, props }));
    expect(found.map(({ policy }) => policy)).toEqual(["no-host-paths"]);
    expect(found[0]?.message).toContain("volume v: a host path that is not known or not text is the node's,");
  });

  test("make the node's address refused in GoCD's namespaces although the variable's name is unknown", async () => {
    const variable = { name: UNKNOWN.text, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } };
    const props = agentsPod({ containers: [container({ env: [variable] })] });
    const found = refusals(await analyze({ type: POD, props }));
    expect(found.map(({ message }) => message).join()).toContain("container main: a variable is the node's address");
  });
});
