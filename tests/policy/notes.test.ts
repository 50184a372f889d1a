import { analyzer, refusals, type Report } from "./analyzer";
import { agentsPod, container, INSTALLATION, otherPod, volume, withHostPath } from "./cases/case";
import { agentWith } from "./cases/dind";

/** Pulumi's marks for values that are known only after up. */
const UNKNOWN = {
  text: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  list: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  switch: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
};
const POD = "kubernetes:core/v1:Pod";
const notes = (found: readonly Report[]) =>
  found.filter(({ policy }) => policy === "notes").map(({ message }) => message);
const { analyze, analyzeStack } = analyzer();

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

describe("exceptions", () => {
  const nodeAgent = { ...withHostPath("/var/run/docker.sock"), metadata: { name: "fluent-bit", namespace: "logging" } };
  const reason = "reads the container logs, reviewed by the platform team";
  const exempt = (exception: object) =>
    analyzer({ "no-runtime-sockets": { exceptions: [exception] } }).analyze({ type: POD, props: nodeAgent });

  test("let pass what they name, and the report repeats the reason", async () => {
    const found = await exempt({ object: "Pod logging/fluent-bit", reason });
    expect(refusals(found)).toEqual([]);
    expect(notes(found).join("\n")).toContain(
      `no-runtime-sockets makes an exception: Pod logging/fluent-bit, volume sock: host path /var/run/docker.sock`,
    );
    expect(notes(found).join("\n")).toContain(`Reason: ${reason}`);
  });

  test.each([
    ["a pattern", { object: "Pod logging/*", reason }],
    [
      "a pattern for what is found",
      { object: "Pod logging/fluent-bit", found: "host path /var/run/docker.sock is *", reason },
    ],
  ])("take %s", async (_what, exception) => {
    expect(refusals(await exempt(exception))).toEqual([]);
  });

  test.each([
    ["without a reason", { object: "Pod logging/fluent-bit" }],
    ["with a reason of a word", { object: "Pod logging/fluent-bit", reason: "needed" }],
    ["with a reason of spaces", { object: "Pod logging/fluent-bit", reason: " ".repeat(30) }],
    ["for everything", { object: "*", reason }],
    ["for everything in two stars", { object: "* *", reason }],
    ["for everything that has a namespace", { object: "*/*", reason }],
    ["for something else", { object: "Pod logging/fluentd", reason }],
    ["for the beginning of a name", { object: "Pod logging/fluent", reason }],
    ["for a name with a dot that stands for any character", { object: "Pod logging.fluent-bit", reason }],
    ["for something else that was found", { object: "Pod logging/fluent-bit", found: "host path /proc*", reason }],
    ["that are no object", "Pod logging/fluent-bit"],
  ])("do not count %s", async (_what, exception) => {
    expect(refusals(await exempt(exception as object))).not.toEqual([]);
  });

  test("hold for their own rule only", async () => {
    const found = await analyzer({
      "no-host-paths": { exceptions: [{ object: "Pod logging/fluent-bit", reason }] },
    }).analyze({ type: POD, props: nodeAgent });
    expect(refusals(found)).not.toEqual([]);
  });
});

describe("configuration", () => {
  test("closes other namespaces", async () => {
    const { analyze: configured } = analyzer({ "no-host-paths": { namespaces: ["shop"] } });
    expect(refusals(await configured({ type: POD, props: withHostPath("/var/log") }))).toHaveLength(1);
    const inGocd = agentsPod({ volumes: [{ name: "v", hostPath: { path: "/var/log" } }] });
    expect(refusals(await configured({ type: POD, props: inGocd }))).toEqual([]);
  });

  test("names the repositories of the privileged image, and then no other counts", async () => {
    const { analyze: configured } = analyzer({
      "no-privileged-containers": { dindImages: ["registry.example:5000/tools/daemon"] },
    });
    const digest = `@sha256:${"c".repeat(64)}`;
    expect(
      refusals(
        await configured({
          type: POD,
          props: agentWith({ image: `registry.example:5000/tools/daemon:1.0.0${digest}` }),
        }),
      ),
    ).toEqual([]);
    expect(refusals(await configured({ type: POD, props: agentWith({}) }))).not.toEqual([]);
    expect(
      refusals(await configured({ type: POD, props: agentWith({ image: `evil.example/tools/daemon${digest}` }) })),
    ).not.toEqual([]);
  });
});

describe("messages", () => {
  const canary = "s3cr3t-canary";

  test("name object, container, what was found and what to do", async () => {
    const props = {
      ...agentWith({ command: ["sh"] }),
      metadata: { name: "docker-0", namespace: INSTALLATION.agentsNamespace },
    };
    const [first] = refusals(await analyze({ type: POD, props }));
    expect(first?.message).toBe(
      "Pod gocd-dev-agents/docker-0, container dind: the container is privileged, and the container is not the daemon that may be: it has a command (spec.initContainers[0].securityContext.privileged). Drop it; what needs a Docker daemon uses the agent's dind sidecar.",
    );
  });

  test("quote no environment, argument, annotation or data", async () => {
    const secretive = container({
      command: ["sh", "-c", `docker -H tcp://10.0.0.1:2375 login -p ${canary}`],
      env: [
        { name: "DOCKER_HOST", value: `tcp://user:${canary}@10.0.0.1:2375` },
        { name: "PASSWORD", value: canary },
      ],
      securityContext: { privileged: true },
    });
    const object = agentsPod({ containers: [secretive] }, { annotations: { canary } });
    const found = await analyze({
      type: "kubernetes:core/v1:Secret",
      props: {
        kind: "Secret",
        apiVersion: "v1",
        stringData: { pod: JSON.stringify(object), other: `hostPath: "${canary}` },
      },
    });
    expect(refusals(found).length).toBeGreaterThan(1);
    expect(JSON.stringify(found)).not.toContain(canary);
  });

  test("keep to one short line, whatever a name holds", async () => {
    const props = agentsPod({
      containers: [container({ name: `a\n\u001b[31m${"x".repeat(1000)}`, securityContext: { privileged: true } })],
    });
    const [first] = refusals(await analyze({ type: POD, props }));
    // eslint-disable-next-line no-control-regex -- that none of them is left is the point
    expect(first?.message).not.toMatch(/[\u0000-\u001f]/);
    expect(first?.message.length).toBeLessThan(600);
  });

  test("say once what is found in two ways", async () => {
    const found = refusals(await analyze({ type: POD, props: withHostPath("/run/docker.sock", { type: "Socket" }) }));
    expect(new Set(found.map(({ message }) => message)).size).toBe(found.length);
  });

  test("note a host path that is tolerated where it stands", async () => {
    expect(notes(await analyze({ type: POD, props: withHostPath("/var/log") })).join()).toContain(
      "host path /var/log is a directory of the node",
    );
  });

  test("advise a digest where an image has only a version", async () => {
    const found = await analyze({ type: POD, props: otherPod({ containers: [container({ image: "nginx:1.29.3" })] }) });
    expect(found).toEqual([
      {
        policy: "images-by-digest",
        level: "advisory",
        message:
          "Pod shop/case, container main: the image nginx:1.29.3 is named by version, not by digest (spec.containers[0].image). Add the digest: repository:version@sha256:….",
      },
    ]);
  });

  test("advise nothing where an image is refused already, or named by digest", async () => {
    const images = ["nginx:latest", `nginx:1.29.3@sha256:${"a".repeat(64)}`];
    const containers = images.map((image, i) => container({ name: `c${i}`, image }));
    const found = await analyze({ type: POD, props: otherPod({ containers }) });
    expect(found.map(({ policy }) => policy)).toEqual(["images-pinned"]);
  });

  test("note nothing about a pod that hides nothing", async () => {
    const props = otherPod({ containers: [container({ env: [{ name: "LANG", value: "C" }] })] });
    expect(await analyze({ type: POD, props })).toEqual([]);
  });

  test("note nothing about a Service that stays inside", async () => {
    const props = { metadata: { name: "s", namespace: "shop" }, spec: { type: "ClusterIP", ports: [{ port: 80 }] } };
    expect(await analyze({ type: "kubernetes:core/v1:Service", props })).toEqual([]);
  });

  test("do not call a path tolerated that is refused", async () => {
    expect(notes(await analyze({ type: POD, props: withHostPath("/var/run") }))).toEqual([]);
  });

  test("warn of a Helm release, of which only the values can be seen", async () => {
    const found = await analyze({ type: "kubernetes:helm.sh/v3:Release", props: { chart: "x" } });
    expect(notes(found)).toEqual([
      "well-formed-pods: Release resource: the chart's own templates cannot be seen here, only its values. Use kubernetes.helm.v4.Chart, whose objects are checked one by one.",
    ]);
  });

  test.each(["kubernetes:helm.sh/v3:ReleaseStatus", "my-kubernetes:helm.sh/v3:Release"])(
    "do not take a %s for a Helm release",
    async (type) => {
      expect(await analyze({ type, props: { chart: "x" } })).toEqual([]);
    },
  );

  test("say of a Helm release's files of values that they were not read", async () => {
    const props = { chart: "x", valueYamlFiles: [{ text: "extraVolumes: []" }] };
    const found = await analyze({ type: "kubernetes:helm.sh/v3:Release", props });
    expect(notes(found)).toContain(
      "well-formed-pods: Release resource: the values in these files cannot be read here (valueYamlFiles). Give them as `values`.",
    );
  });

  test("say of a shell command with a broken manifest in it that it could not be read", async () => {
    const create = "kubectl apply -f - <<EOF\nkind: Pod\nspec: {hostPath: [unclosed\nEOF\n";
    const found = await analyze({ type: "command:local:Command", props: { create } });
    expect(notes(found)).toEqual([
      "well-formed-pods: Command resource: create holds text that is not valid YAML, with words that matter here (create). Look at it yourself.",
    ]);
  });

  test("do not come back with the next look at the same resource", async () => {
    await analyze({ type: POD, props: withHostPath("/var/log") });
    expect(notes(await analyze({ type: POD, props: otherPod() }))).toEqual([]);
  });
});

describe("claims and the volumes that they are aimed at", () => {
  const claim = (spec: object, namespace = "shop") => ({
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    name: "claim",
    props: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "claim", namespace },
      spec: { accessModes: ["ReadWriteOnce"], ...spec },
    },
  });
  const pv = (source: object, more: object = {}) => {
    const made = volume(source as never) as { readonly metadata: object };
    return {
      type: "kubernetes:core/v1:PersistentVolume",
      name: "pv",
      props: {
        ...made,
        metadata: { name: "node", labels: { disk: "node" } },
        spec: { ...(made as { readonly spec?: object }).spec, ...more },
      },
    };
  };
  const statefulSet = (spec: object) => ({
    type: "kubernetes:apps/v1:StatefulSet",
    name: "sts",
    props: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "sts", namespace: "shop" },
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], ...spec } }],
      },
    },
  });
  const ephemeral = (spec: object) => ({
    type: POD,
    name: "pod",
    props: otherPod({ volumes: [{ name: "v", ephemeral: { volumeClaimTemplate: { spec } } }] }),
  });
  const storageClass = {
    type: "kubernetes:storage.k8s.io/v1:StorageClass",
    name: "local",
    props: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local" },
      provisioner: "kubernetes.io/no-provisioner",
    },
  };
  const patch = ({ props, name }: ReturnType<typeof claim>) => ({
    type: "kubernetes:core/v1:PersistentVolumeClaimPatch",
    name,
    props: {
      metadata: props.metadata,
      spec: { volumeName: (props.spec as { readonly volumeName?: string }).volumeName },
    },
  });
  const disk = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "disk" },
    spec: { csi: { driver: "pd.csi.storage.gke.io" } },
  };
  const sock = { hostPath: { path: "/var/run" } };
  const data = { local: { path: "/mnt/data" } };

  test.each([
    ["volumeName", [pv(sock), claim({ volumeName: "node" })]],
    ["a selector of labels", [pv(sock), claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "" })]],
    [
      "a selector of expressions",
      [pv(sock), claim({ selector: { matchExpressions: [{ key: "disk", operator: "Exists" }] } })],
    ],
    ["a class without provisioner", [pv(sock, { storageClassName: "node" }), claim({ storageClassName: "node" })]],
    ["the empty class, in GoCD's namespace", [pv(data), claim({ storageClassName: "" }, "gocd-dev")]],
    ["a claim template's volumeName", [pv(sock), statefulSet({ volumeName: "node" })]],
    ["a claim template's selector", [pv(sock), statefulSet({ selector: { matchLabels: { disk: "node" } } })]],
    [
      "an ephemeral volume's selector",
      [pv(sock), ephemeral({ accessModes: ["ReadWriteOnce"], selector: { matchLabels: { disk: "node" } } })],
    ],
    ["volumeName of a directory, in GoCD's namespace", [pv(data), claim({ volumeName: "node" }, "gocd-dev")]],
    [
      "volumeName of a directory that is GoCD's",
      [pv(data, { claimRef: { namespace: "gocd-dev" } }), claim({ volumeName: "node" })],
    ],
    [
      "volumeName of a csi-hostpath volume",
      [pv({ csi: { driver: "hostpath.csi.k8s.io" } }), claim({ volumeName: "node" })],
    ],
    [
      "a class of this stack that hands out the node's directories",
      [storageClass, claim({ storageClassName: "local" })],
    ],
    [
      "a class of this stack whose name only Pulumi knows",
      [{ ...storageClass, props: { ...storageClass.props, metadata: {} } }, claim({ storageClassName: "local" })],
    ],
    ["volumeName of a FlexVolume", [pv({ flexVolume: { driver: "example/driver" } }), claim({ volumeName: "node" })]],
    ["volumeName of a path that is not known", [pv({ local: { path: UNKNOWN.text } }), claim({ volumeName: "node" })]],
    ["an empty volumeName, and the empty class", [pv(sock), claim({ volumeName: "", storageClassName: "" })]],
    ["a label that is not known", [pv(sock), claim({ selector: { matchLabels: { disk: UNKNOWN.text } } })]],
    [
      "labels and class together",
      [
        pv(sock, { storageClassName: "a" }),
        claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "a" }),
      ],
    ],
    [
      "the empty class, of a volume without one",
      [pv(sock, { storageClassName: undefined }), claim({ storageClassName: "" })],
    ],
    ["a class that is not known", [pv(sock), claim({ storageClassName: UNKNOWN.text })]],
    [
      "a selector without a class",
      [pv(sock, { storageClassName: "a" }), claim({ selector: { matchLabels: { disk: "node" } } })],
    ],
    ["volumeName of a volume of which one path is harmless", [pv({ ...sock, ...data }), claim({ volumeName: "node" })]],
    ["a claim that does not say how it is accessed", [pv(sock), claim({ volumeName: "node", accessModes: undefined })]],
    [
      "a claim in a custom resource",
      [
        pv(sock),
        {
          type: "kubernetes:example.com/v1:Database",
          name: "db",
          props: { spec: { storage: { spec: { accessModes: ["ReadWriteOnce"], volumeName: "node" } } } },
        },
      ],
    ],
    ["a patch of the claim", [pv(sock), patch(claim({ volumeName: "node" }))]],
    [
      "a pod template's volume of its own",
      [
        pv(sock),
        {
          ...ephemeral({}),
          props: otherPod({ volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { volumeName: "node" } } } }] }),
        },
      ],
    ],
  ])("are refused when aimed at the node's volume by %s", async (_way, resources) => {
    const found = refusals(await analyzeStack(resources));
    expect(found.map(({ policy }) => policy)).toContain("no-claims-on-node-volumes");
    expect(found.map(({ message }) => message)).toMatchSnapshot();
  });

  test.each([
    ["a directory of a node, elsewhere", [pv(data), claim({ volumeName: "node" })]],
    [
      "another volume",
      [pv(sock), pv({ csi: { driver: "pd.csi.storage.gke.io" } }), claim({ storageClassName: "premium-rwo" })],
    ],
    ["a volume with other labels", [pv(sock), claim({ selector: { matchLabels: { disk: "other" } } })]],
    [
      "a volume of another class",
      [
        pv(sock, { storageClassName: "a" }),
        claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "b" }),
      ],
    ],
    ["nothing in particular", [pv(sock), claim({})]],
    [
      "a disk whose handle is a path, in GoCD's namespace",
      [
        pv({ csi: { driver: "disk.csi.azure.com", volumeHandle: "/subscriptions/s/disks/d" } }),
        claim({ volumeName: "node" }, "gocd-dev"),
      ],
    ],
    [
      "a disk in a chart's values that has paths of another kind, in GoCD's namespace",
      [
        {
          type: "kubernetes:helm.sh/v3:Release",
          name: "r",
          props: {
            values: {
              objects: [
                { ...disk, metadata: { name: "node" }, spec: { ...disk.spec, capacity: {}, mountOptions: ["/data"] } },
              ],
            },
          },
        },
        claim({ volumeName: "node" }, "gocd-dev"),
      ],
    ],
    [
      "a volume that is called like a Pod with a host path",
      [
        { type: POD, name: "node", props: { ...withHostPath("/run"), metadata: { name: "node" } } },
        claim({ volumeName: "node" }),
      ],
    ],
    [
      "a volume that is called like a List with the node's volume in it",
      [
        {
          type: "kubernetes:core/v1:List",
          name: "node",
          props: { items: [{ ...pv(sock).props, metadata: {} }] },
        },
        claim({ volumeName: "node" }),
      ],
    ],
    [
      "the node's volume by what another kind calls a claim",
      [
        pv(sock),
        {
          type: "kubernetes:example.com/v1:NoPersistentVolumeClaim",
          name: "t",
          props: { spec: { volumeName: "node" }, status: { accessModes: ["ReadWriteOnce"], volumeName: "node" } },
        },
      ],
    ],
    [
      "the node's volume by its status alone",
      [pv(sock), { ...claim({}), props: { ...claim({}).props, status: { volumeName: "node" } } }],
    ],
    ["an empty selector", [pv(sock), claim({ selector: {} })]],
    [
      "another volume, although a selector finds the node's",
      [
        pv(sock),
        { ...pv({ csi: { driver: "pd.csi.storage.gke.io" } }), props: disk },
        claim({ volumeName: "disk", selector: { matchLabels: { disk: "node" } } }),
      ],
    ],
    ["one of its labels only", [pv(sock), claim({ selector: { matchLabels: { disk: "node", zone: "b" } } })]],
    ["another class than the one without provisioner", [storageClass, claim({ storageClassName: "premium-rwo" })]],
    [
      "a class that makes disks",
      [
        { ...storageClass, props: { ...storageClass.props, provisioner: "pd.csi.storage.gke.io" } },
        claim({ storageClassName: "local" }),
      ],
    ],
    [
      "the node's volume by something that is no claim",
      [pv(sock), { type: "kubernetes:example.com/v1:Thing", name: "t", props: { spec: { volumeName: "node" } } }],
    ],
  ])("pass when aimed at %s", async (_way, resources) => {
    expect(refusals(await analyzeStack(resources))).toEqual([]);
  });

  test("are noted when the volume is not in the program", async () => {
    const found = await analyzeStack([claim({ volumeName: "elsewhere" })]);
    expect(found).toEqual([expect.objectContaining({ policy: "stack-notes", level: "advisory" })]);
    expect(found[0]?.message).toBe(
      "no-claims-on-node-volumes: PersistentVolumeClaim shop/claim: the volume elsewhere is not in this program and could not be checked (spec.volumeName). Make sure that it is a disk of its own.",
    );
  });

  test("are not noted when Kubernetes chose the volume, as it did for every claim once the stack was refreshed", async () => {
    const bound = claim({ volumeName: "pvc-0" });
    const annotated = (annotations: object) => ({
      ...bound,
      props: { ...bound.props, metadata: { ...bound.props.metadata, annotations } },
    });
    expect(await analyzeStack([annotated({ "pv.kubernetes.io/bound-by-controller": "yes" })])).toEqual([]);
    expect(await analyzeStack([annotated({ "pv.kubernetes.io/bind-completed": "yes" })])).toHaveLength(1);
  });

  test("are noted when something else in the program has the volume's name", async () => {
    const namesake = { type: POD, name: "elsewhere", props: agentsPod({}, { name: "elsewhere" }) };
    expect(await analyzeStack([namesake, claim({ volumeName: "elsewhere" })])).toHaveLength(1);
  });

  test("are noted when the volume is known only after up", async () => {
    const found = await analyzeStack([claim({ volumeName: UNKNOWN.text })]);
    expect(found.map(({ policy }) => policy)).toEqual(["stack-notes"]);
    expect(found[0]?.message).toBe(
      "no-claims-on-node-volumes: PersistentVolumeClaim shop/claim: the claim's volume is known only after up (spec.volumeName). It is checked again then.",
    );
  });

  test("are not noted when it is", async () => {
    expect(
      await analyzeStack([pv({ csi: { driver: "pd.csi.storage.gke.io" } }), claim({ volumeName: "node" })]),
    ).toEqual([]);
  });
});

describe("certificates", () => {
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000 + 60_000).toISOString();
  const certificate = (props: object, type = "tls:index/selfSignedCert:SelfSignedCert") => ({
    type,
    name: "docker-0-daemon",
    props,
  });

  test.each([
    ["ends in 89 days", { validityEndTime: inDays(89) }, "expires in 89 days (validityEndTime)"],
    ["ends today", { validityEndTime: inDays(0) }, "expires in 0 days (validityEndTime)"],
    ["has ended", { validityEndTime: inDays(-3) }, "has expired (validityEndTime)"],
    [
      "is due for renewal",
      { validityEndTime: inDays(400), readyForRenewal: true },
      "is due for renewal (readyForRenewal)",
    ],
  ])("are reported when one %s", async (_what, props, message) => {
    const found = await analyzeStack([certificate(props)]);
    expect(found).toEqual([expect.objectContaining({ policy: "certificates-not-expiring", level: "advisory" })]);
    expect(found[0]?.message).toContain(`SelfSignedCert docker-0-daemon: the certificate ${message}. Raise the pool's`);
  });

  test("are reported when a local authority has signed them", async () => {
    const found = await analyzeStack([
      certificate({ validityEndTime: inDays(1) }, "tls:index/locallySignedCert:LocallySignedCert"),
    ]);
    expect(found).toHaveLength(1);
  });

  test("pass when they last", async () => {
    expect(await analyzeStack([certificate({ validityEndTime: inDays(90), readyForRenewal: false })])).toEqual([]);
  });

  test("are no other resources that end", async () => {
    expect(
      await analyzeStack([certificate({ validityEndTime: inDays(1) }, "tls:index/certRequest:CertRequest")]),
    ).toEqual([]);
  });

  test.each([
    ["made by this update", { validityEndTime: UNKNOWN.text }, "the certificate is only made by this update"],
    ["without a last day yet", {}, "the certificate is only made by this update"],
    ["with a last day that is none", { validityEndTime: "soon" }, "the certificate's last day cannot be read"],
  ])("are noted when %s", async (_what, props, message) => {
    const found = await analyzeStack([certificate(props)]);
    expect(found.map(({ policy }) => policy)).toEqual(["stack-notes"]);
    expect(found[0]?.message).toContain(`${message} (validityEndTime). Its last day is checked after up.`);
  });

  test("are reported further ahead when configuration says so", async () => {
    const { analyzeStack: configured } = analyzer({ "certificates-not-expiring": { days: 200 } });
    expect(await configured([certificate({ validityEndTime: inDays(150) })])).toHaveLength(1);
  });

  test.each([0, -5, "30", null])(
    "are reported as far ahead as ever when the configuration says %j days",
    async (days) => {
      const { analyzeStack: configured } = analyzer({ "certificates-not-expiring": { days } });
      expect(await configured([certificate({ validityEndTime: inDays(89) })])).toHaveLength(1);
      expect(await configured([certificate({ validityEndTime: inDays(90) })])).toEqual([]);
    },
  );
});
