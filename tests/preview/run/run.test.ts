import { join } from "node:path";
import type { Run } from "../../../preview/run/run";
import { isSecret, SECRET_TEXT, readable, UNKNOWN, unwrapped } from "../../../preview/run/wire";
import { ROOT, runs, task } from "../../support/program";

const FIXTURES = join(ROOT, "tests", "preview", "fixtures");

describe("a run of a program", () => {
  let planned: Run;
  let resolved: Run;

  beforeAll(async () => {
    const options = { directory: join(FIXTURES, "sample") };
    [planned, resolved] = (await runs([task({}, options, false), task({}, options, true)])) as [Run, Run];
  });

  const inputsOf = (run: Run, name: string) =>
    run.registrations.find((resource) => resource.name === name)?.inputs ?? {};

  test("succeeds, and says nothing", () => {
    expect([planned.errors, planned.logs, resolved.errors, resolved.logs]).toEqual([[], [], [], []]);
  });

  test("sees what is registered in an apply and by a timer", () => {
    expect(planned.registrations.map(({ name }) => name)).toEqual(expect.arrayContaining(["late", "later"]));
  });

  test("is the same set of resources before and after up", () => {
    expect(planned.registrations.map(({ urn }) => urn)).toEqual(resolved.registrations.map(({ urn }) => urn));
  });

  test("leaves open what a provider computes, until it is up", () => {
    expect(inputsOf(planned, "made")["stringData"]).toBe(UNKNOWN);
    expect(unwrapped(inputsOf(resolved, "made")["stringData"] ?? null)).toEqual({
      made: expect.stringMatching(/^[A-Za-z0-9]{20}$/) as string,
    });
  });

  test("marks secrets of the configuration", () => {
    const data = inputsOf(planned, "login")["stringData"];
    expect(isSecret(data)).toBe(true);
    expect(readable(data ?? null)).toBe(SECRET_TEXT);
    expect(planned.outputs).toEqual({ region: "europe-west1", secret: UNKNOWN });
    expect(readable(resolved.outputs)).toEqual({ region: "europe-west1", secret: SECRET_TEXT });
  });

  test("knows the provider, the protection and the dependencies of each resource", () => {
    const byName = new Map(planned.registrations.map((resource) => [resource.name, resource]));
    expect(byName.get("password")?.protect).toBe(true);
    expect(byName.get("login")?.provider).toMatch(/^urn:pulumi:dev::sample::pulumi:providers:kubernetes::cluster::/);
    expect(byName.get("login")?.dependencies).toEqual(["urn:pulumi:dev::sample::kubernetes:core/v1:Namespace::apps"]);
    expect(byName.get("docker-1")?.parent).toBe("urn:pulumi:dev::sample::sample:pool:Pool::docker");
    expect(byName.get("docker-1")?.urn).toBe(
      "urn:pulumi:dev::sample::sample:pool:Pool$tls:index/privateKey:PrivateKey::docker-1",
    );
  });

  test("names Kubernetes objects as their provider does, each time alike", () => {
    const named = planned.registrations.filter(({ type, name }) => type.endsWith("ConfigMap") && name === "docker");
    expect(named[0]?.inputs["metadata"]).toEqual({ name: expect.stringMatching(/^docker-[0-9a-f]{8}$/) as string });
    expect(inputsOf(planned, "docker")).toEqual(inputsOf(resolved, "docker"));
  });
});

describe("a program that goes wrong", () => {
  const faults: readonly [string, RegExp][] = [
    ["throws", /^the program broke$/],
    ["throws later", /^an apply broke$/],
    ["duplicate", /Duplicate resource URN 'urn:pulumi:dev::faulty::random:index\/randomId:RandomId::twin'/],
    ["settings", /^1 problem in the settings$/],
    ["logs", /^gave up$/],
    ["asks the cloud", /asks the cloud \(gcp:organizations\/getBillingAccount/],
    ["never ends", /^The program waits for something that never happens\.$/],
    ["transforms", /uses a resource transform, which the offline preview cannot run/],
  ];
  let outcomes: Run[];

  beforeAll(async () => {
    const how = [...faults.map(([fault]) => fault), "nothing"];
    outcomes = await runs(
      how.map((fault) => task({ config: { "faulty:how": fault } }, { directory: join(FIXTURES, "faulty") }, false)),
    );
  });

  test.each(faults.map(([fault, message], index) => ({ fault, message, index })))(
    "says why: $fault",
    ({ message, index }) => {
      const errors = outcomes[index]?.errors ?? [];
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(message);
    },
  );

  test("points at its own line, and at no one else's", () => {
    const trace = outcomes[0]?.errors[0]?.trace ?? [];
    expect(trace[0]).toMatch(/index\.ts:\d+/);
    expect(trace.join("\n")).not.toContain("node_modules");
  });

  test("passes on what is wrong with its settings", () => {
    expect(outcomes[3]?.errors[0]?.problems).toEqual([
      { key: "faulty:how", found: '"settings"', wanted: "something else" },
    ]);
  });

  test("does not harm the run after it", () => {
    expect(outcomes.at(-1)?.errors).toEqual([]);
    expect(outcomes.at(-1)?.registrations).toHaveLength(2);
  });
});
