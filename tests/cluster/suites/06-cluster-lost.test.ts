import { replaceCluster } from "../harness/cluster";
import { claimsOf, deployed, manifests, SERVER_NAMESPACE, AGENTS_NAMESPACE } from "../harness/deploy";
import { loseDisk } from "../harness/disks";
import { identities } from "../harness/gocd";
import { exec, get, kubectl } from "../harness/kubectl";
import { job, loadTool } from "../harness/pods";
import { OWN_CLUSTER } from "../harness/stack";

interface Memory {
  readonly identities: readonly string[];
  readonly configuration: string;
  readonly secrets: unknown;
}

const remember = async (): Promise<Memory> => ({
  identities: await identities(),
  configuration: (
    await exec("gocd-server-0", "server", SERVER_NAMESPACE, [
      "sh",
      "-c",
      "cd /godata/config; cat cruise-config.xml cipher.aes; cat /godata/artifacts/kept",
    ])
  ).stdout,
  secrets: await Promise.all([
    get<{ data: object }>("secret/gocd-server", SERVER_NAMESPACE),
    get<{ data: object }>("secret/docker-identity", AGENTS_NAMESPACE),
  ]).then((found) =>
    // Of an agent that is no more, an earlier cluster may remember the keys.
    found.map(({ data }) => Object.entries(data).filter(([key]) => !key.startsWith("docker-2"))),
  ),
});

// Nobody else's cluster is wiped.
(OWN_CLUSTER ? describe : describe.skip)("when the cluster is lost and a new one is started on the same disks", () => {
  let before: Memory;

  beforeAll(async () => {
    await deployed();
    await loadTool(0);
    await job(0, "echo kept >/godata/pipelines/kept");
    await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-c", "echo kept >/godata/artifacts/kept"]);
    before = await remember();
  }, 300_000);

  test("the server has its data and secrets, the agents are the same, and so are their workspaces and images", async () => {
    await replaceCluster();
    expect(await kubectl(["get", "namespaces", "-o", "name"])).not.toContain(SERVER_NAMESPACE);
    await deployed();
    expect(await remember()).toEqual(before);
    expect(await job(0, "cat /godata/pipelines/kept; docker run --rm tool:1 id -u")).toBe("kept\n0");
  }, 300_000);

  test("the agents are the same even without their disks", async () => {
    await kubectl(["delete", "-n", AGENTS_NAMESPACE, "statefulset/docker"]);
    await replaceCluster();
    for (const claim of claimsOf(await manifests()).filter(({ namespace }) => namespace === AGENTS_NAMESPACE))
      loseDisk(claim);
    await deployed();
    expect(await remember()).toEqual(before);
    expect(await job(0, "ls /godata/pipelines")).not.toContain("kept");
  }, 300_000);
});
