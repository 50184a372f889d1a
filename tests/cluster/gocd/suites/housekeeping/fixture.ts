// What the suites of housekeeping share: the program with short time-outs, its two agents, and what is asked of them.
import { randomUUID } from "node:crypto";
import { SERVER_NAMESPACE } from "../../deploy";
import type { ApiAgent } from "../../gocd-api";
import { kubectl } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";
import { agent, pod, status } from "../../pods";
import { askServer, deleteByHand, registrationForm, secretText, serverAgent, standIn, uuidOf } from "../../server";
import { deployWithShortTimeouts, type Adapted } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/** What the stack file says after somebody has edited it. */
export const EDITED: Adapted = {
  agents: (agents) =>
    agents.map((each) => ({ ...each, resources: ["docker", "edited"], environments: ["docker", "edited"] })),
  managed: { environments: ["docker", "edited"] },
};
export const BEFORE_EDIT = { resources: ["docker"], environments: ["docker"] };
export const AFTER_EDIT = { resources: ["docker", "edited"], environments: ["docker", "edited"] };

/** An agent that somebody has attached by hand. */
export const THEIRS = randomUUID();

/** Has both agents of ours, and one of somebody else's, in every test of a suite. Returns the uuids of ours. */
export function useAgents(): () => readonly [string, string] {
  let own: readonly [string, string] | undefined;
  beforeAll(async () => {
    await deployWithShortTimeouts();
    own = [await uuidOf(agent(0)), await uuidOf(agent(1))];
    await registerTheirs();
  }, 300_000);
  afterEach(() => standIn("weather"));
  afterAll(async () => {
    await deleteByHand(THEIRS);
    await deployWithShortTimeouts();
  }, 300_000);
  return () => own as readonly [string, string];
}

async function registerTheirs(): Promise<void> {
  const seed = await secretText("gocd-server", SERVER_NAMESPACE, "cruise-config.xml");
  const { text: token } = await askServer({ path: `/go/admin/agent/token?uuid=${THEIRS}`, as: "nobody" });
  const form = registrationForm({
    uuid: THEIRS,
    hostname: "theirs",
    token,
    agentAutoRegisterKey: /agentAutoRegisterKey="([^"]+)"/.exec(seed)?.[1] ?? "",
    agentAutoRegisterResources: "theirs",
    agentAutoRegisterEnvironments: "docker",
  });
  await askServer({ method: "POST", path: "/go/admin/agent", body: form, as: "nobody" });
}

// An external cluster runs the real ones, which cannot be told how to behave.
export const describeBesideStandIns = OWN_CLUSTER ? describe : describe.skip;

export async function row(uuid: string): Promise<ApiAgent> {
  const found = await serverAgent(uuid);
  if (found === undefined) throw new Error(`the server does not know ${uuid}`);
  return found;
}

/** Resources and environments as people gave them; what housekeeping remembers of an agent is a resource as well. */
export const given = ({ resources, environments }: ApiAgent) => ({
  resources: resources.filter((name) => !name.startsWith("housekeeping")).sort(),
  environments: environments.map(({ name }) => name).sort(),
});

/** Selects the pods of housekeeping. */
export const LABEL = ["-l", "app.kubernetes.io/name=gocd-housekeeping"];

/** How often the one container of housekeeping has been restarted. */
export async function restartsOf(): Promise<number> {
  const names = ["get", "pods", "-n", SERVER_NAMESPACE, ...LABEL, "-o", "jsonpath={.items[*].metadata.name}"];
  return status(await pod((await kubectl(names)).trim(), SERVER_NAMESPACE), "housekeeping").restartCount;
}

/** Waits until something is as it must be; then tells how it is. */
export async function expectToBecome<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  const reached = async () => (JSON.stringify(await ask()) === JSON.stringify(wanted) ? true : undefined);
  await eventually("it", reached, 60_000).catch(() => undefined);
  expect(await ask()).toEqual(wanted);
}

/** Changes that housekeeping asked the server for. */
export const changes = async () =>
  (await standIn<readonly Request[]>("requests")).filter(
    ({ method, path }) => method !== "GET" && path.startsWith("/api/"),
  );
