import { AGENTS_NAMESPACE, deployed, manifests, SERVER_NAMESPACE } from "../harness/deploy";
import { get } from "../harness/kubectl";
import { inAgent, pod } from "../harness/pods";

beforeAll(() => deployed(), 300_000);

test("every network policy is kept by the API server as it was written", async () => {
  const written = (await manifests()).filter(({ kind }) => kind === "NetworkPolicy");
  expect(written.map(({ metadata }) => metadata.namespace)).toEqual(
    expect.arrayContaining([SERVER_NAMESPACE, AGENTS_NAMESPACE]),
  );
  for (const policy of written) {
    const kept = await get<{ spec: object }>(`networkpolicy/${policy.metadata.name}`, policy.metadata.namespace ?? "");
    expect(kept.spec).toMatchObject(policy["spec"] as object);
  }
});

test("an agent reaches the server and housekeeping, and another agent only where nothing enforces the policies", async () => {
  const reach = async (address: string, port: number) =>
    (await inAgent(0, `curl --silent --max-time 3 --output /dev/null http://${address}:${port}/`)).code;
  expect(await reach(`gocd-server.${SERVER_NAMESPACE}.svc`, 8153)).toBe(0);
  expect(await reach(`gocd-housekeeping.${SERVER_NAMESPACE}.svc`, 8080)).toBe(0);
  // A cluster whose network plug-in enforces policies drops this (time-out, 28); one without refuses, as nothing listens (7).
  const code = await reach((await pod("docker-1")).status.podIP ?? "", 8153);
  console.log(
    code === 28 ? "network policies are enforced here" : "the network plug-in here does not enforce network policies",
  );
  expect([7, 28]).toContain(code);
});
