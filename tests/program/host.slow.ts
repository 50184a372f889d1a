import { isDeepStrictEqual } from "node:util";
import type { Registration } from "../../preview/run/registration";
import type { Run } from "../../preview/run/run";
import { hostRun, type HostRun } from "../../preview/run/host";
import { plannedRun, projectOf, ROOT } from "../support/program";

describe("the preview and Pulumi's own Node host", () => {
  const stack = { stack: "dev", secrets: { "gocd:adminPassword": "a-password-of-twenty-characters" } };
  let preview: Run;
  let host: HostRun;
  let inProcess: readonly Registration[];
  let inHost: readonly Registration[];

  beforeAll(async () => {
    [preview, host] = await Promise.all([plannedRun(stack), hostRun({ project: projectOf(stack), directory: ROOT })]);
    [inProcess, inHost] = [preview.registrations, host.registrations];
  });

  test("end well, and in silence", () => {
    expect({ status: host.status, output: host.output, errors: host.errors }).toEqual({
      status: 0,
      output: "",
      errors: [],
    });
    expect(preview.errors).toEqual([]);
  });

  test("give the same outputs", () => {
    expect(preview.outputs).toEqual(host.outputs);
  });

  test("register the same resources", () => {
    expect(inProcess.map(({ urn }) => urn)).toEqual(inHost.map(({ urn }) => urn));
    expect(inProcess.length).toBeGreaterThan(50);
  });

  test.each([
    "inputs",
    "parent",
    "dependencies",
    "propertyDependencies",
    "protect",
    "provider",
    "providers",
    "deletedWith",
    "ignoreChanges",
    "additionalSecretOutputs",
    "customTimeouts",
    "version",
  ] as const)("agree on the %s of every resource", (aspect) => {
    const byUrn = new Map(inHost.map((resource) => [resource.urn, resource]));
    const differing = inProcess.filter(
      (resource) => !isDeepStrictEqual(resource[aspect], byUrn.get(resource.urn)?.[aspect]),
    );
    expect(differing.map(({ urn }) => urn)).toEqual([]);
  });

  test("agree on everything else that is sent", () => {
    expect(inProcess).toEqual(inHost);
  });

  test("name what is wrong with settings, and nothing else", async () => {
    const project = projectOf({ stack: "dev", config: { "gcp:zone": "nowhere" } });
    const { status, errors } = await hostRun({ project, directory: ROOT });
    expect(status).not.toBe(0);
    expect(errors.map(({ message }) => message)).toEqual([
      `1 problem in the settings of stack "dev" (Pulumi.dev.yaml):
  gcp:zone
    found   "nowhere"
    wanted  a Compute Engine zone such as us-central1-a`,
    ]);
  });
});
