import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policies } from "../../policy/policies";
import { toJson } from "../../preview/show/preview-json";
import { toYaml } from "../../preview/manifests";
import { manifestFile } from "../../preview/show/manifest-files";
import { assemble, type Preview } from "../../preview/preview";
import { isKubernetesObject, type Registration } from "../../preview/run/registration";
import type { Run } from "../../preview/run/run";
import { styleFor } from "../../preview/show/terminal";
import { toText } from "../../preview/show/preview-text";
import { isObject, isSecret, secretTexts, type WireObject, type WireValue } from "../../preview/run/wire";
import { golden } from "../support/golden";
import { projectOf, resolvedRun, runs, type StackSource, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

const ADMIN = "canary-Of-The-Admin-7Qx";

/** Properties of provider-made resources that are secret, with what was made: every canary that a provider planted. */
function planted(registrations: readonly Registration[], state: string): Map<string, string> {
  const made = new Map(JSON.parse(readFileSync(state, "utf8")) as [string, WireObject][]);
  const canaries = new Map<string, string>();
  for (const [key, values] of made) {
    const resource = registrations.find(({ urn }) => urn === key.split(" ")[0]);
    for (const property of resource?.additionalSecretOutputs ?? []) {
      const value = values[property];
      if (typeof value === "string") canaries.set(`${resource?.name ?? ""} ${property}`, value);
    }
  }
  return canaries;
}

/** What the program pushes images with: a token that Google answers with and no resource makes, or gocd:registryPassword. */
function registryToken(registrations: readonly Registration[]): Map<string, string> {
  const images = registrations.filter(({ type }) => type === "docker:index/image:Image");
  // One for all of them, and known by its setting's name where there is one.
  return new Map(images.map(({ inputs }) => ["gocd:registryPassword", passwordOf(inputs["registry"])]));
}

function passwordOf(registry: WireValue | undefined): string {
  const password = isObject(registry) ? registry["password"] : undefined;
  if (isSecret(password) && typeof password["value"] === "string") return password["value"];
  throw new Error("the registry's password is no secret on the wire");
}

/** What the program derives from secrets, and is as secret: all that Kubernetes Secrets of agents hold under these keys. */
function derived(registrations: readonly Registration[]): Map<string, string> {
  const identities = registrations
    .filter(({ name }) => name.endsWith("-identity"))
    .map(({ inputs }) => inputs["stringData"]);
  const contents = identities.map((data) => (isSecret(data) ? data["value"] : undefined));
  return new Map(
    contents.flatMap((content) => (isObject(content) ? Object.entries(content) : [])) as [string, string][],
  );
}

/** A text as it can come to light: itself, in JSON, in base64, one line of a PEM block. */
function guises(secret: string): string[] {
  const lines = secret.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString("base64"), ...lines])];
}

/** What is on the wire outside of secrets. */
function open(value: WireValue): string {
  if (isSecret(value)) return "";
  if (typeof value !== "object" || value === null) return String(value);
  return (isObject(value) ? Object.entries(value).flat() : value).map((child) => open(child)).join("\n");
}

function showings(preview: Preview, run: Run): Record<string, string> {
  return {
    text: toText(preview, { out: "out", style: styleFor(false) }),
    json: toJson(preview),
    manifests: preview.manifests.map(manifestFile).join(""),
    golden: golden(run.registrations),
    logs: run.logs.map(({ message }) => message).join("\n"),
    findings: preview.verdict.findings.map(({ message }) => message).join("\n"),
    state: toYaml(preview.outputs, []),
  };
}

const directory = mkdtempSync(join(tmpdir(), "gocd-secrets-"));
const stateOf = (index: number) => join(directory, `${String(index)}.json`);
const sources = Object.values<StackSource>(variants).map((source): StackSource => ({
  ...source,
  secrets: { ...source.secrets, "gocd:adminPassword": ADMIN },
}));
let all: readonly Run[];

beforeAll(async () => {
  // One child process for all of them.
  all = await runs(sources.map((source, index) => task(source, { state: stateOf(index) }, true)));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(Object.keys(variants).map((name, index) => [name, index] as const))(
  "secrets of a stack with %s",
  (_, index) => {
    const canaries = new Map<string, string>();
    /** Each of them as it can come to light. */
    let guised: readonly (readonly [name: string, guises: readonly string[]])[];
    let shown: Record<string, string>;
    let registrations: readonly Registration[];

    beforeAll(async () => {
      const [run, source] = [all[index] as Run, sources[index] as StackSource];
      registrations = succeeded(run);
      const made = planted(registrations, stateOf(index));
      const found = [...made, ...derived(registrations), ...registryToken(registrations)];
      for (const [name, value] of [...Object.entries(source.secrets ?? {}), ...found]) canaries.set(name, value);
      guised = [...canaries].map(([name, value]) => [name, guises(value)]);
      shown = showings(await assemble(projectOf(source), run, policies), run);
    });

    test("are many, and all different", () => {
      expect(canaries.size).toBeGreaterThan(25);
      const fingerprints = [...canaries.values()].map((value) => createHash("sha256").update(value).digest("hex"));
      expect(new Set(fingerprints).size).toBe(canaries.size);
    });

    test("appear in nothing that is shown, written or logged", () => {
      const leaks = guised.flatMap(([name, looks]) =>
        Object.entries(shown).flatMap(([where, text]) =>
          looks.some((look) => text.includes(look)) ? [`${name} in ${where}`] : [],
        ),
      );
      expect(leaks).toEqual([]);
    });

    test("reach resources only as values that are marked secret", () => {
      const leaks = registrations.flatMap(({ urn, inputs }) => {
        const text = open(inputs);
        return guised.flatMap(([name, looks]) =>
          looks.some((look) => text.includes(look)) ? [`${name} in ${urn}`] : [],
        );
      });
      expect(leaks).toEqual([]);
    });

    test("lie in the cluster in Secrets only", () => {
      const objects = registrations.filter(
        (resource) => isKubernetesObject(resource) && resource.inputs["kind"] !== "Secret",
      );
      expect(objects.filter(({ inputs }) => secretTexts(inputs).length > 0).map(({ urn }) => urn)).toEqual([]);
    });

    test("do reach the resources that need them", () => {
      const marked = registrations.flatMap(({ inputs }) => secretTexts(inputs)).join("\n");
      const reaching = (suffix: RegExp) =>
        [...canaries].filter(([name]) => suffix.test(name)).every(([, value]) => marked.includes(value));
      expect(reaching(/(server-id|token-generation-key|webhook-secret|auto-register-key|cipher) hex$/)).toBe(true);
      expect(reaching(/ privateKeyPem$/)).toBe(true);
      expect(reaching(/\.(uuid|token)$/)).toBe(true);
      expect(reaching(/-housekeeping result$/)).toBe(true);
    });
  },
);

describe("secrets of a stack that fails", () => {
  test.each([
    [
      "its settings are wrong",
      { config: { "gocd:agents": { docker: { replicas: 0 } } }, secrets: { "gocd:adminPassword": ADMIN } },
    ],
    ["its secret is given in plain text", { config: { "gocd:adminPassword": ADMIN } }],
  ])("stay unsaid when %s", async (_, source) => {
    const run = await resolvedRun(source);
    const text = JSON.stringify([run.errors, run.logs]);
    expect(run.errors).not.toEqual([]);
    expect(text).not.toContain(ADMIN);
  });
});
