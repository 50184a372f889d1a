import { apply, exec, kubectl, remove } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";
import { BACKUP_NAMESPACE, deployBackupStack, removeBackupStack, serverReady, type Stored } from "../../backup-stack";
import { AGENTS_NAMESPACE, SERVER_NAMESPACE } from "../../deploy";
import { agent, inAgent, job, loadTool, pod, status } from "../../pods";
import { backUp } from "../../server";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";
import { prepareImages } from "../builders/images";
import { DIRECT_OF_POOL, OWN_OBJECTS, settings } from "./installation";
import { bringJvm, JVM_PATH, PROBE, removeJvm, withJvm } from "./jvm";
import {
  asked,
  authority,
  besideTheProxy,
  FILES,
  HELLO,
  INSECURE,
  METADATA,
  MIRROR,
  outside,
  PRIVATE,
  PRIVATE_USER,
  PROXY_URL,
  REGISTRY,
  startCompanyNetwork,
  STORAGE,
} from "./network";
import { pullSecret, pullWithoutLogin, pushSidecar } from "./pull-secret";
import { knownHosts, newClientKey, sshUrl, startSsh, stopSsh } from "./ssh";

const WORK = "/godata/pipelines/company";
/** What curl ends with where a connection is refused. */
const CANNOT_CONNECT = 7;
const MAIN = /^[0-9a-f]{40}\trefs\/heads\/main$/;

/** Runs a script in the server's container and returns what it printed. */
async function onServer(script: string): Promise<string> {
  const { code, stdout, stderr } = await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-ec", script]);
  if (code !== 0) throw new Error(`${script}: ${stderr}${stdout}`);
  return stdout.trim();
}

const inPipeline = (script: string) => job(0, `mkdir -p ${WORK}; cd ${WORK}; ${script}`, { timeout: 120_000 });

// What is outside has its place on the node of the tests' own cluster.
(OWN_CLUSTER ? describe : describe.skip)("behind a company's proxy, with an authority of its own,", () => {
  let end: () => Promise<void>;
  let hosts: string;
  let sidecar: string;
  const deployWith = (key: string) => deployWithShortTimeouts(settings(key, hosts, sidecar), { object: withJvm });

  beforeAll(async () => {
    end = await startCompanyNetwork();
    hosts = await knownHosts();
    const key = await newClientKey();
    await startSsh();
    await bringJvm();
    await apply([...OWN_OBJECTS, pullSecret()]);
    sidecar = await pushSidecar();
    // It starts, which takes the plugin's download and both JVMs' trust stores.
    await deployWith(key);
    await loadTool(0);
  }, 600_000);

  afterAll(async () => {
    // The agents first: they end as soon as housekeeping says that no job runs.
    for (const name of [AGENTS_NAMESPACE, SERVER_NAMESPACE])
      await remove([{ apiVersion: "v1", kind: "Namespace", metadata: { name } }]);
    await removeBackupStack();
    await removeJvm();
    await stopSsh();
    await end();
  }, 300_000);

  test("a job has the variables, files, hosts and services that the pool's settings add, within the admission policy", async () => {
    const found = `echo "$PLAIN, $TOKEN"; cat /mnt/secret/token; echo; cat /mnt/config/greeting; echo
      touch /mnt/scratch/mine; ls /mnt/scratch; ls /mnt/claim/bin/java; grep git.example.com /etc/hosts; curl --silent http://127.0.0.1:8000/greeting`;
    expect((await inPipeline(found)).replaceAll("\t", " ")).toBe(
      "of the settings, of a secret\nof a secret\nof a config map\nmine\n/mnt/claim/bin/java\n192.0.2.7 git.example.com\nof a config map",
    );
    const told = [
      "get",
      "pod",
      agent(0),
      "-n",
      AGENTS_NAMESPACE,
      "-o",
      "jsonpath={.metadata.labels.team}, {.metadata.annotations.example\\.com/owner}",
    ];
    expect(await kubectl(told)).toBe("build, Team build");
  });

  test("a pod has the image that only its pull secret brings", async () => {
    expect(status(await pod(agent(0)), "files")).toMatchObject({ ready: true, imageID: sidecar });
    expect(await pullWithoutLogin(sidecar)).toMatch(/401 Unauthorized|authorization failed/);
  });

  test("the server has downloaded its plugin by the proxy", async () => {
    expect(await onServer("cat /godata/plugins/external/hello.jar")).toBe("a plugin");
    expect(asked()).toContain(`${FILES}:443`);
  });

  test("a job reaches what is outside with curl and Git", async () => {
    expect(await inPipeline(`curl --silent --fail https://${FILES}/hello`)).toBe(HELLO);
    expect(await inPipeline(`rm -rf repo; git clone -q https://${FILES}/repo.git repo; cat repo/greeting`)).toBe(HELLO);
  });

  test("the server reaches a repository of materials with Git", async () => {
    expect(await onServer(`git ls-remote https://${FILES}/repo.git main`)).toMatch(MAIN);
  });

  test("a job and the server log in to a host that is known by SSH", async () => {
    expect(await inPipeline(`rm -rf repo; git clone -q ${sshUrl("known")} repo; cat repo/greeting`)).toBe(HELLO);
    expect(await onServer(`git ls-remote ${sshUrl("known")} main`)).toMatch(MAIN);
  });

  test("a host that has another key than the known one is refused, and so is one that nobody knows", async () => {
    for (const host of ["other", "unlisted"] as const)
      expect((await inAgent(0, `git ls-remote ${sshUrl(host)}`)).stderr).toContain("Host key verification failed");
  });

  test("a new SSH key is there without a restart, and the old one is gone", async () => {
    const before = await pod(agent(0));
    const old = await job(0, "sha256sum /etc/gocd-ssh/key-0");
    await deployWith(await newClientKey());
    expect((await inAgent(0, "true")).code).toBe(0);
    await eventually(
      "the new key",
      async () => {
        await kubectl([
          "annotate",
          "pods",
          "-n",
          AGENTS_NAMESPACE,
          "--all",
          "--overwrite",
          `gocd-tests/looked=${Date.now()}`,
        ]);
        return (await inAgent(0, `git ls-remote ${sshUrl("known")}`)).code === 0 ? true : undefined;
      },
      120_000,
    );
    expect(await job(0, "sha256sum /etc/gocd-ssh/key-0")).not.toBe(old);
    const after = await pod(agent(0));
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(status(after, "agent").restartCount).toBe(status(before, "agent").restartCount);
  });

  test("the JVMs of server and agents go by the proxy, and trust the authority", async () => {
    const probe = `${PROBE} https://${FILES}/hello`;
    expect(await inPipeline(`${JVM_PATH}/bin/java $GOCD_AGENT_JVM_OPTS ${probe}`)).toBe(HELLO);
    // As the entry point of GoCD's image does it.
    expect(await onServer(`eval "set -- $GOCD_SERVER_JVM_OPTS"; ${JVM_PATH}/bin/java "$@" ${probe}`)).toBe(HELLO);
    const untrusting = await inAgent(
      0,
      `${JVM_PATH}/bin/java -Dhttps.proxyHost=${PROXY_URL.replace(/.*\/|:\d+$/g, "")} -Dhttps.proxyPort=3128 ${probe}`,
    );
    expect(untrusting.stderr).toMatch(/javax\.net\.ssl\.SSL\w*Exception/);
  }, 300_000);

  test("what a pool says of the company counts for it in place of what the installation says", async () => {
    expect(await inPipeline("echo $NO_PROXY")).toContain(DIRECT_OF_POOL);
    expect(await onServer("echo $NO_PROXY")).not.toContain(DIRECT_OF_POOL);
    // As does what the tests below find in an insecure registry: the installation names none.
  });

  test("dockerd and its own BuildKit push to and pull from a registry with the authority's certificate", async () => {
    await inPipeline(
      `docker tag tool:1 ${REGISTRY}/app:1; docker push -q ${REGISTRY}/app:1; docker rmi ${REGISTRY}/app:1`,
    );
    expect(await inPipeline(`docker run --rm ${REGISTRY}/app:1 id -u`)).toBe("0");
    await inPipeline(
      `printf 'FROM ${REGISTRY}/app:1\\nRUN touch /built\\n' | docker buildx build --pull --push -t ${REGISTRY}/own:1 - 2>&1`,
    );
    expect(await inPipeline(`docker pull -q ${REGISTRY}/own:1 >&2; docker run --rm ${REGISTRY}/own:1 ls /built`)).toBe(
      "/built",
    );
    expect(asked()).toContain(REGISTRY);
  });

  test("dockerd has the authority for the mirror and the registry of the log-in by name, too", async () => {
    const files = "cd /etc/docker/certs.d; for file in */ca.crt; do cmp $file ../ca.crt && echo $file; done";
    const found = await inPipeline(`docker run --rm -v /etc/docker:/etc/docker:ro tool:1 sh -c '${files}'`);
    expect(found.split("\n").sort()).toEqual([MIRROR, PRIVATE].sort().map((host) => `${host}/ca.crt`));
  });

  test("jobs are logged in to the registries that the pool names, and no file of theirs says with what", async () => {
    await inPipeline(
      `docker tag tool:1 ${PRIVATE}/app:1; docker push -q ${PRIVATE}/app:1; docker rmi ${PRIVATE}/app:1`,
    );
    expect(await inPipeline(`docker run --rm ${PRIVATE}/app:1 id -u`)).toBe("0");
    const stranger = await inAgent(
      0,
      `mkdir -p /tmp/stranger; docker --config /tmp/stranger pull ${PRIVATE}/app:1; rm -r /tmp/stranger`,
    );
    expect(stranger.stderr).toMatch(/no basic auth credentials|unauthorized|authentication required/);
    expect(await inPipeline(`grep -rl ${PRIVATE_USER.password} ~ || echo none`)).toBe("none");
  });

  test("dockerd pulls from an insecure registry", async () => {
    expect(await inPipeline(`docker run --rm ${INSECURE}/app:1 id -u`)).toBe("0");
    expect(asked().some((url) => url.startsWith(`http://${INSECURE}/v2/app/`))).toBe(true);
  });

  test("dockerd pulls images of Docker Hub from the mirror, which pulls them through", async () => {
    await inPipeline(
      `docker tag tool:1 ${REGISTRY}/library/pulled-through:1; docker push -q ${REGISTRY}/library/pulled-through:1`,
    );
    expect(await inPipeline("docker run --rm pulled-through:1 id -u")).toBe("0");
    expect(asked()).toContain(MIRROR);
    expect((await outside(`https://${MIRROR}/v2/_catalog`)).stdout).toContain("library/pulled-through");
  });

  test("containers and builds of a job get the proxy, and the certificates where they ask for them", async () => {
    expect(await inPipeline(`docker run --rm tool:1 wget -q -O - http://${STORAGE}/stand-in/objects`)).toBe("[]");
    expect(asked().some((url) => url.includes(`${STORAGE}/stand-in`))).toBe(true);
    const built = `printf 'FROM tool:1\\nRUN wget -q -O /found http://${STORAGE}/stand-in/objects && cat /found && echo by-build\\n' | docker build --no-cache - 2>&1`;
    expect(await inPipeline(built)).toContain("by-build");
    expect(await inPipeline("docker run --rm -v /etc/docker/ca.crt:/ca.crt:ro tool:1 cat /ca.crt")).toBe(
      authority().trim(),
    );
  });

  test("a builder in a container goes by the proxy, and has the authority, log-ins, mirror and insecure registry of the daemon", async () => {
    await prepareImages();
    await inPipeline("docker buildx create --name own --use --bootstrap 2>&1");
    const dockerfile = [
      `FROM ${PRIVATE}/app:1 AS private`,
      "FROM pulled-through:1 AS mirrored",
      `FROM ${INSECURE}/app:1 AS insecure`,
      `FROM ${REGISTRY}/app:1`,
      'RUN echo "uid $(id -u)" && touch /in-container',
      ...["private", "mirrored", "insecure"].map((stage) => `COPY --from=${stage} /bin/busybox /${stage}`),
    ];
    await job(0, `cat >${WORK}/Dockerfile`, { input: `${dockerfile.join("\n")}\n` });
    const targets = [REGISTRY, PRIVATE].map((registry) => `-t ${registry}/in-container:1`).join(" ");
    expect(await inPipeline(`docker buildx build --progress plain ${targets} --push . 2>&1`)).toMatch(/ uid 0$/m);
    expect(await inPipeline(`docker run --rm ${PRIVATE}/in-container:1 ls -d /in-container`)).toBe("/in-container");
  });

  test("backups are stored by the proxy, and the metadata server is asked without it", async () => {
    const endpoints = { storage: `http://${STORAGE}/storage`, metadata: `http://${METADATA}/storage` };
    await deployBackupStack({ company: { proxy: { url: PROXY_URL } } }, endpoints);
    await serverReady();
    const name = await backUp(BACKUP_NAMESPACE);
    await eventually(
      "the backup in the bucket",
      async () => {
        const stored = JSON.parse((await outside(`http://${STORAGE}/stand-in/objects`)).stdout) as readonly Stored[];
        return stored.some((object) => object.name.endsWith(`${name}/manifest.json`)) ? true : undefined;
      },
      90_000,
    );
    expect(asked().some((url) => url.includes(STORAGE) && !url.includes("stand-in"))).toBe(true);
  }, 300_000);

  test("the proxy was asked for nothing inside the cluster, nor for the metadata server", () => {
    expect(asked().filter((url) => /\.svc|localhost|127\.0\.0\.1|10\.\d+\.|169\.254\./.test(url))).toEqual([]);
  });

  test("no request has left beside the proxy", async () => {
    expect(await besideTheProxy()).toBe(0);
    // What one that does would look like.
    const { code, stderr } = await inAgent(0, `curl -sS --noproxy '*' --max-time 60 https://${FILES}/hello`);
    expect([code, stderr]).toEqual([CANNOT_CONNECT, expect.stringContaining(FILES)]);
    expect(await besideTheProxy()).toBeGreaterThan(0);
  });
});
