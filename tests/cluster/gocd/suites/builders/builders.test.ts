import { inAgent, inDind, job, loadTool } from "../../pods";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";

/** On the loopback of the pod, which builders and registry share: Docker and BuildKit speak plain HTTP there. */
const REGISTRY = "127.0.0.1:5000";
/** What buildx starts where a builder has no image of its own. */
const BUILDKIT = "moby/buildkit:buildx-stable-1";

/** Imports an image into an agent's daemon from what the stand-in for dind has beside it. */
const importImage = (name: string, entrypoint: string, files: Readonly<Record<string, string>>) =>
  inDind(
    0,
    `set -e; rm -rf /tmp/image; mkdir -p /tmp/image/tmp
    ${Object.entries(files)
      .map(([inside, here]) => `mkdir -p /tmp/image$(dirname ${inside}); cp ${here} /tmp/image${inside}`)
      .join("\n")}
    tar -c -C /tmp/image . | docker import -c 'ENTRYPOINT ${JSON.stringify([entrypoint])}' - ${name}; rm -r /tmp/image`,
  );

const REGISTRY_CONFIG = `version: 0.1
storage: { filesystem: { rootdirectory: /tmp }, delete: { enabled: true } }
http: { addr: "${REGISTRY}" }
`;

const DOCKERFILE = "FROM scratch\nARG TARGETARCH\nCOPY file /file-of-$TARGETARCH\n";

// The images that these tests start are made of what the stand-in for dind holds.
(OWN_CLUSTER ? describe : describe.skip)("a job", () => {
  beforeAll(async () => {
    await deployWithShortTimeouts();
    await loadTool(0);
    const imported = [
      await importImage(BUILDKIT, "buildkitd", {
        "/usr/bin/buildkitd": "/opt/images/buildkitd",
        "/usr/bin/buildctl": "/opt/images/buildctl",
        "/usr/bin/buildkit-runc": "/usr/local/bin/runc",
      }),
      await importImage("registry:3", "registry", { "/bin/registry": "/opt/images/registry" }),
    ];
    for (const { code, stderr } of imported) if (code !== 0) throw new Error(stderr);
    await job(
      0,
      `mkdir -p /godata/pipelines/builders; cd /godata/pipelines/builders; echo hello >file; cat >registry.yml
      docker run -d --name registry --network host -v "$PWD/registry.yml:/registry.yml" registry:3 serve /registry.yml >/dev/null`,
      { input: REGISTRY_CONFIG },
    );
    await job(0, "cat >/godata/pipelines/builders/Dockerfile", { input: DOCKERFILE });
  }, 400_000);

  afterAll(() =>
    inAgent(0, "docker buildx rm --all-inactive --force; docker rm -f registry; rm -rf /godata/pipelines/builders"),
  );

  test("makes a builder of its own, and uses it from then on", async () => {
    await job(0, "docker buildx create --name own --use --driver-opt network=host --bootstrap 2>&1", {
      timeout: 120_000,
    });
    expect(await job(0, "docker buildx inspect")).toMatch(/Name: +own\nDriver: +docker-container\n/);
  }, 130_000);

  test("goes back to the daemon's own builder", async () => {
    await job(0, "docker buildx use default");
    expect(await job(0, "docker buildx inspect")).toMatch(/Driver: +docker\n/);
    await job(0, "docker buildx use own");
    expect(await job(0, "docker buildx inspect")).toMatch(/Driver: +docker-container\n/);
  });

  test("builds for several architectures at once, and pushes them", async () => {
    await job(
      0,
      `cd /godata/pipelines/builders; docker buildx build -q --platform linux/amd64,linux/arm64 -t ${REGISTRY}/app:1 --push . 2>&1`,
      { timeout: 120_000 },
    );
    const pushed = await job(0, `docker buildx imagetools inspect ${REGISTRY}/app:1`);
    expect(pushed).toContain("linux/amd64");
    expect(pushed).toContain("linux/arm64");
  });

  test("keeps its build cache in a registry, where another builder finds it", async () => {
    const build = (options: string) =>
      job(0, `cd /godata/pipelines/builders; docker buildx build --progress plain ${options} . 2>&1`, {
        timeout: 120_000,
      });
    expect(await build(`--cache-to type=registry,ref=${REGISTRY}/app:cache,mode=max`)).not.toContain("CACHED");
    await job(0, "docker buildx prune --all --force >/dev/null");
    expect(await build(`--cache-from type=registry,ref=${REGISTRY}/app:cache`)).toContain("CACHED");
  });

  test("reaches the same daemon with Compose, and with tools that read DOCKER_HOST", async () => {
    expect(
      await job(
        0,
        `mkdir -p /godata/pipelines/builders/compose; cd /godata/pipelines/builders/compose
        printf 'services:\\n  one: { image: "tool:1", command: [echo, hello from compose] }\\n' >compose.yaml
        docker compose up 2>&1; docker compose down >/dev/null 2>&1`,
      ),
    ).toContain("hello from compose");
    const asked = `curl --silent --cacert $DOCKER_CERT_PATH/ca.pem --cert $DOCKER_CERT_PATH/cert.pem --key $DOCKER_CERT_PATH/key.pem`;
    expect(await job(0, `${asked} "https://\${DOCKER_HOST#tcp://}/_ping"`)).toBe("OK");
  });
});
