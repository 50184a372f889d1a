import { analyzer, notes, refusals } from "./analyzer";
import { agentsPod, container, INSTALLATION, otherPod, withHostPath } from "./cases/case";
import { agentWith } from "./cases/dind";

const POD = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();

describe("messages", () => {
  const canary = "s3cr3t-canary";

  test("name object, container, what was found and what to do", async () => {
    const props = {
      ...agentWith({ command: ["sh"] }),
      metadata: { name: "docker-0", namespace: INSTALLATION.agentsNamespace },
    };
    const [first] = refusals(await analyze({ type: POD, props }));
    expect(first?.message).toBe(
      "Pod gocd-dev-agents/docker-0, container dind: the container is privileged, and the container is not the daemon that may be: it has a command (spec.initContainers[0].securityContext.privileged). Drop it; what builds images can do so without (rootless BuildKit, Kaniko).",
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
