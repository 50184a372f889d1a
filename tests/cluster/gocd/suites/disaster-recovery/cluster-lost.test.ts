import { replaceCluster } from "../../../kubernetes/cluster";
import { claimsOf, manifests, SERVER_NAMESPACE, AGENTS_NAMESPACE } from "../../deploy";
import { loseDisk } from "../../../kubernetes/disks";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { get } from "../../../kubernetes/api";
import { exec, kubectl } from "../../../kubernetes/kubectl";
import { identitiesOfTwo } from "../../persisted-state";
import { job, loadTool } from "../../pods";
import { OWN_CLUSTER } from "../../test-images";

interface PersistedState {
  readonly identities: readonly string[];
  /** What the agents that run now say that they are. */
  readonly uuids: readonly string[];
  readonly configuration: string;
  /** One file on each disk: an empty disk would be given the same configuration, and the same agents, again. */
  readonly kept: string;
  readonly secrets: unknown;
}

async function inServer(script: string): Promise<string> {
  const { code, stdout, stderr } = await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-c", script]);
  if (code !== 0) throw new Error(`in the server: ${script}\nended with ${code}: ${stderr}`);
  return stdout;
}

const snapshotState = async (): Promise<PersistedState> => ({
  identities: await identitiesOfTwo(),
  uuids: await Promise.all([0, 1].map((ordinal) => job(ordinal, "cat /godata/config/guid.txt"))),
  configuration: await inServer("cd /godata/config; cat cruise-config.xml cipher.aes"),
  kept: await inServer("cat /godata/db/kept /godata/artifacts/kept"),
  secrets: await Promise.all([
    get<{ readonly data: object }>("secret/gocd-server", SERVER_NAMESPACE),
    get<{ readonly data: object }>("secret/docker-identity", AGENTS_NAMESPACE),
  ]).then((found) =>
    // Of an agent that is no more, an earlier cluster may still have the keys.
    found.map(({ data }) => Object.entries(data).filter(([key]) => !key.startsWith("docker-2"))),
  ),
});

// Nobody else's cluster is wiped.
(OWN_CLUSTER ? describe : describe.skip)("when the cluster is lost and a new one is started on the same disks", () => {
  let before: PersistedState;

  beforeAll(async () => {
    await deployWithShortTimeouts();
    await loadTool(0);
    await job(0, "echo kept >/godata/pipelines/kept");
    await inServer("echo data >/godata/db/kept; echo artifacts >/godata/artifacts/kept");
    before = await snapshotState();
  }, 300_000);

  test("the server has its data and secrets, the agents are the same, and so are their workspaces and images", async () => {
    await replaceCluster();
    expect(await kubectl(["get", "namespaces", "-o", "name"])).not.toContain(SERVER_NAMESPACE);
    await deployWithShortTimeouts();
    expect(before.kept).toBe("data\nartifacts\n");
    expect(await snapshotState()).toEqual(before);
    expect(await job(0, "cat /godata/pipelines/kept; docker run --rm tool:1 id -u")).toBe("kept\n0");
  }, 300_000);

  test("the agents are the same even without their disks", async () => {
    await kubectl(["delete", "-n", AGENTS_NAMESPACE, "statefulset/docker"]);
    await replaceCluster();
    for (const claim of claimsOf(await manifests()).filter(({ namespace }) => namespace === AGENTS_NAMESPACE))
      loseDisk(claim);
    await deployWithShortTimeouts();
    expect(await snapshotState()).toEqual(before);
    expect(await job(0, "ls /godata/pipelines")).not.toContain("kept");
  }, 300_000);
});
