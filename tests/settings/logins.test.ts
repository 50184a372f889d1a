import { secretPlaceholder } from "../../preview/run/project";
import { parse, pool, problemsOf, STACK } from "./stack";

const CANARY = "canary-7Ht";

/** Keys and what is wanted, of a pool with these registries and a secret of these lines. */
function problems(logins: readonly string[], lines: string) {
  const stack = { ...STACK, ...pool({ logins }), ...(lines !== "" && { "gocd:dockerLogins": lines }) };
  const found = problemsOf(() => parse(stack, "dev", ["gocd:dockerLogins"]));
  expect(JSON.stringify(found)).not.toContain(CANARY);
  return found.map(({ key, wanted }) => `${key}: ${wanted}`);
}

describe("registries that jobs are logged in to", () => {
  test("have a line each, and a password may have blanks", () => {
    const lines = `ghcr.io robot ${CANARY} and more\nregistry.example:5000 robot ${CANARY}\n`;
    expect(problems(["ghcr.io", "registry.example:5000"], lines)).toEqual([]);
    expect(problems([], "")).toEqual([]);
  });

  test("are none of the preview's business, which cannot read the secret", () => {
    expect(problems(["ghcr.io"], secretPlaceholder("gocd:dockerLogins"))).toEqual([]);
  });

  test.each([
    ["no secret", ["ghcr.io"], "", ["gocd:agents.docker.logins[0]: a registry that gocd:dockerLogins has a line for"]],
    [
      "a secret that nobody reads",
      [],
      `ghcr.io robot ${CANARY}`,
      ["gocd:dockerLogins: a registry that a pool names in logins"],
    ],
    [
      "a line without a user, beside one that is right",
      ["ghcr.io"],
      `ghcr.io robot x\n${CANARY} ghcr.io`,
      ["gocd:dockerLogins: REGISTRY USER PASSWORD"],
    ],
    [
      "two lines for one registry",
      ["ghcr.io"],
      `ghcr.io robot x\nghcr.io robot ${CANARY}`,
      ["gocd:dockerLogins: one line for each registry"],
    ],
    [
      "Google's registries, which take the pod's identity",
      ["us-docker.pkg.dev"],
      `us-docker.pkg.dev robot ${CANARY}`,
      [
        "gocd:agents.docker.logins[0]: nothing: jobs are logged in to Google's registries as their pod (workloadIdentity)",
      ],
    ],
  ])("are refused with %s, of which nothing is quoted", (_, logins, lines, wanted) => {
    expect(problems(logins, lines)).toEqual(wanted);
  });

  test("are no plain text", () => {
    const stack = { ...STACK, ...pool({ logins: ["ghcr.io"] }), "gocd:dockerLogins": `ghcr.io robot ${CANARY}` };
    expect(problemsOf(() => parse(stack)).map(({ key, found }) => [key, found])).toEqual([
      ["gocd:dockerLogins", "plain text"],
    ]);
  });
});
