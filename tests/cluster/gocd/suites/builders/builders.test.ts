import { eventually } from "../../../kubernetes/run";
import { inAgent, job } from "../../pods";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";
import { prepareImages, REGISTRY, WORK } from "./images";

/** A step of the build runs on the architecture that is built for. */
const DOCKERFILE = `FROM scratch
ARG TARGETARCH
COPY program-$TARGETARCH /program
RUN ["/program"]
`;

/** Runs a script in the pipeline's directory, as a job would; its output with what it printed as errors. */
const inPipeline = (script: string) => job(0, `cd ${WORK}; { ${script}\n} 2>&1`, { timeout: 120_000 });

const build = (options: string) => inPipeline(`docker buildx build --progress plain ${options} .`);

// The images that these tests start are made of what was built for the tests' own cluster.
(OWN_CLUSTER ? describe : describe.skip)("a job", () => {
  beforeAll(async () => {
    await deployWithShortTimeouts();
    await prepareImages();
    await job(0, `cat >${WORK}/Dockerfile`, { input: DOCKERFILE });
    await inPipeline(
      'docker run -d --name registry --network host -v "$PWD/registry.yml:/registry.yml" registry:3 serve /registry.yml',
    );
  }, 400_000);

  afterAll(() => inAgent(0, `docker buildx rm own; docker ps -aq | xargs -r docker rm -fv; rm -rf ${WORK}`));

  test("makes a builder of its own, and uses it from then on", async () => {
    await inPipeline("docker buildx create --name own --use --driver-opt network=host --bootstrap");
    expect(await job(0, "docker buildx inspect")).toMatch(/Name: +own\nDriver: +docker-container\n/);
  }, 130_000);

  test("goes back to the daemon's own builder", async () => {
    await job(0, "docker buildx use default");
    expect(await job(0, "docker buildx inspect")).toMatch(/Driver: +docker\n/);
    await job(0, "docker buildx use own");
    expect(await job(0, "docker buildx inspect")).toMatch(/Driver: +docker-container\n/);
  });

  test("builds for several architectures at once, runs each one's steps, and pushes them", async () => {
    const said = await build(`--platform linux/amd64,linux/arm64 -t ${REGISTRY}/app:1 --push`);
    expect(said).toMatch(/ I am for amd64$/m);
    expect(said).toMatch(/ I am for arm64$/m);
    const pushed = await job(0, `docker buildx imagetools inspect ${REGISTRY}/app:1`);
    expect(pushed).toContain("linux/amd64");
    expect(pushed).toContain("linux/arm64");
  });

  test("keeps its build cache in a registry, where a builder that has none finds it", async () => {
    const forget = () => job(0, "docker buildx prune --all --force >/dev/null");
    await forget();
    expect(await build(`--cache-to type=registry,ref=${REGISTRY}/app:cache,mode=max`)).not.toContain("CACHED");
    await forget();
    expect(await build(`--cache-from type=registry,ref=${REGISTRY}/app:cache`)).toContain("CACHED");
  });

  test("builds, pushes and pulls with plain docker", async () => {
    await inPipeline(`docker build -t ${REGISTRY}/plain:1 --build-arg TARGETARCH=amd64 .; docker push ${REGISTRY}/plain:1
      docker rmi ${REGISTRY}/plain:1`);
    expect(await job(0, `docker run --rm ${REGISTRY}/plain:1 /program`)).toBe("I am for amd64");
  });

  test("brings services up with Compose", async () => {
    await job(0, `mkdir -p ${WORK}/compose; cat >${WORK}/compose/compose.yaml`, {
      input: 'services:\n  one: { image: "tool:1", command: [sh, -c, echo hello from compose] }\n',
    });
    expect(await inPipeline("cd compose; docker compose up; docker compose down")).toContain("hello from compose");
  });

  test("reaches the daemon with what reads DOCKER_HOST and DOCKER_CERT_PATH", async () => {
    const trust = "--cacert $DOCKER_CERT_PATH/ca.pem --cert $DOCKER_CERT_PATH/cert.pem --key $DOCKER_CERT_PATH/key.pem";
    expect(await job(0, `curl --silent ${trust} "https://\${DOCKER_HOST#tcp://}/_ping"`)).toBe("OK");
  });

  test("tests with Testcontainers: the test reaches its container, and Ryuk removes it after the test", async () => {
    const left = () => job(0, "docker ps --all --quiet --filter label=org.testcontainers");
    expect(await inPipeline("./testcontainers tool:1")).toContain("hello from a container");
    await eventually("Ryuk to remove what the test has left", async () => ((await left()) === "" ? true : undefined));
  });
});
