import { randomUUID } from "node:crypto";
import { AGENTS_NAMESPACE, claimsOf, manifests, ready, scaleAgents, SERVER_NAMESPACE } from "../../deploy";
import { loseDisk } from "../../../kubernetes/disks";
import { deleteByHand, registrationForm, agentsOnce, serverAgent, uuidOf, enabledAgents } from "../../server";
import { loggedSince, waitForReconciliations } from "../../housekeeping";
import {
  deployWithShortTimeouts,
  applyWithShortTimeouts,
  tellHousekeeping,
  type ExpectedAgent,
} from "../../short-timeouts";
import { exec, kubectl } from "../../../kubernetes/kubectl";
import { agent, job } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";
import { deletePods } from "../../../kubernetes/delete-pods";

let whole: readonly string[];

beforeAll(async () => {
  await deployWithShortTimeouts();
  whole = await enabledAgents();
}, 300_000);

/** Without anybody's help. */
async function expectWhole(): Promise<void> {
  expect(await agentsOnce(whole)).toEqual(whole);
  await ready();
}

/** Everything on the server's disk is gone; the next start is a first one. */
async function loseServerVolume(): Promise<void> {
  const wipe = ["sh", "-c", "rm -rf /godata/config /godata/db"];
  expect((await exec("gocd-server-0", "server", SERVER_NAMESPACE, wipe)).code).toBe(0);
  await deletePods(SERVER_NAMESPACE, "gocd-server-0", "--grace-period=1");
}

/** The agent's claims with their disks: they go with the last pod that holds them, and the StatefulSet makes new ones. */
async function loseClaims(): Promise<void> {
  const claims = claimsOf(await manifests()).filter(({ name }) => name.endsWith(`-${agent(0)}`));
  const names = claims.map(({ name }) => name);
  const uids = async () => {
    const found = await kubectl(["get", "pvc", ...names, "-n", AGENTS_NAMESPACE, "--ignore-not-found", "-o", "json"]);
    const { items = [] } = JSON.parse(found === "" ? "{}" : found) as {
      readonly items?: readonly { readonly metadata: { readonly uid: string } }[];
    };
    return items.map(({ metadata }) => metadata.uid);
  };
  const lost = await uids();
  expect(lost).toHaveLength(2);
  await kubectl(["delete", "pvc", ...names, "-n", AGENTS_NAMESPACE, "--wait=false"]);
  await deletePods(AGENTS_NAMESPACE, agent(0), "--ignore-not-found");
  const gone = async () => ((await uids()).some((uid) => lost.includes(uid)) ? undefined : true);
  await eventually("the claims to be gone", gone);
  if (!OWN_CLUSTER) return;
  // A volume whose claim is lost would wait for it permanently.
  await kubectl(["delete", "pv", ...claims.map(({ namespace, name }) => `${namespace}.${name}`)]);
  claims.forEach(loseDisk);
  await applyWithShortTimeouts({}, {});
}

/** What can be lost beside the pod. The node is in disaster-recovery/node-lost.test.ts. */
const LOSSES: Readonly<Record<string, () => Promise<void>>> = {
  "its claims are deleted with their disks": loseClaims,
  "the server restarts": () => deletePods(SERVER_NAMESPACE, "gocd-server-0"),
  "the server's volume is lost": loseServerVolume,
  "its row is deleted by hand": async () => {
    const uuid = await uuidOf(agent(0));
    await deleteByHand(uuid);
    expect(await serverAgent(uuid)).toBeUndefined();
  },
};
const losses = Object.entries(LOSSES);

describe("an agent is registered and enabled, once and as itself, after", () => {
  test("its pod is deleted", async () => {
    await deletePods(AGENTS_NAMESPACE, agent(0));
    await expectWhole();
  });

  test.each(losses)("%s while it runs", async (_what, lose) => {
    await lose();
    await expectWhole();
  });
});

describe("an agent that did not run is registered and enabled, once and as itself, when it comes back after", () => {
  test.each(losses)("%s", async (_what, lose) => {
    await scaleAgents(0);
    await lose();
    await scaleAgents(2);
    await expectWhole();
  });
});

describe("an agent that is not this program's is never approved", () => {
  const strangers: string[] = [];

  afterAll(async () => {
    for (const uuid of strangers) await deleteByHand(uuid);
    await tellHousekeeping({});
  });

  /** A job of the first agent asks to be registered, as GoCD's agent does. */
  async function knock(uuid: string, hostname: string, headers = ""): Promise<string> {
    strangers.push(uuid);
    const token = await job(0, `curl --silent --fail "$GO_SERVER_URL/admin/agent/token?uuid=${uuid}"`);
    const post = `curl --silent --output /dev/null --write-out '%{http_code}' ${headers} --data @- "$GO_SERVER_URL/admin/agent"`;
    return job(0, post, { input: registrationForm({ uuid, hostname, token }) });
  }

  test("by a uuid that nobody expects", async () => {
    const [uuid, before] = [randomUUID(), new Date()];
    expect(await knock(uuid, "stranger")).toBe("202");
    await waitForReconciliations(3);
    expect((await serverAgent(uuid))?.agent_config_state).toBe("Pending");
    expect((await loggedSince(before)).flatMap(({ notices = [] }) => notices)).toContainEqual(
      expect.stringMatching(/^stranger at .* waits for a person: nobody here expects it$/),
    );
  });

  test("by a uuid of another pool, used in a job", async () => {
    const [uuid, before] = [randomUUID(), new Date()];
    const other: ExpectedAgent = {
      uuid,
      hostname: "other-0",
      pool: "other",
      resources: ["other"],
      environments: [],
    };
    await tellHousekeeping({ agents: (agents) => [...agents, other] });
    expect(await knock(uuid, "other-0")).toBe("202");
    await waitForReconciliations(3);
    expect((await serverAgent(uuid))?.agent_config_state).toBe("Pending");
    expect((await loggedSince(before)).flatMap(({ notices = [] }) => notices)).toContainEqual(
      expect.stringMatching(/^other-0 is not approved: .* which is not the pod of that name$/),
    );
  });

  test("by an address that it claims to have, that of the server's own machine", async () => {
    const uuid = randomUUID();
    expect(await knock(uuid, "local", "--header 'X-Forwarded-For: 127.0.0.1'")).toBe("202");
    await waitForReconciliations(3);
    expect((await serverAgent(uuid))?.agent_config_state).toBe("Pending");
  });
});
