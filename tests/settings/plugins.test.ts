import { parse, problemsOf, STACK } from "./stack";

const JAR = { jar: { url: "https://example.com/plugin.jar", sha256: "0".repeat(64) } };
const problemsWith = (login: object) =>
  problemsOf(() => parse({ ...STACK, "gocd:server": { authorization: { login }, plugins: JAR } }));

const GOOGLE = { plugin: "cd.go.authorization.google" };
const GITHUB = { plugin: "cd.go.authorization.github" };

describe("a log-in that the whole internet has an account for", () => {
  test.each([
    ["only known users", { ...GOOGLE, onlyKnownUsers: true }],
    ["a domain", { ...GOOGLE, properties: { AllowedDomains: "example.com" } }],
    ["an organization", { ...GITHUB, properties: { AllowedOrganizations: "example" } }],
    ["a GitHub of one's own", { ...GITHUB, properties: { AuthenticateWith: "GitHubEnterprise" } }],
  ])("is taken with %s", (_, login) => {
    expect(problemsWith(login)).toEqual([]);
  });

  test.each([
    ["nothing that narrows it", GOOGLE, "AllowedDomains"],
    ["another plugin's property", { ...GOOGLE, properties: { AllowedOrganizations: "example" } }, "AllowedDomains"],
    [
      "commas in place of organizations",
      { ...GITHUB, properties: { AllowedOrganizations: ", ," } },
      "AllowedOrganizations",
    ],
    [
      "blanks in place of organizations",
      { ...GITHUB, properties: { AllowedOrganizations: " " } },
      "AllowedOrganizations",
    ],
  ])("is refused with %s", (_, login, property) => {
    expect(problemsWith(login)).toEqual([
      {
        key: "gocd:server.authorization.login.onlyKnownUsers",
        found: "false",
        wanted: `true, or ${property} among its properties: everybody has an account there`,
      },
    ]);
  });
});

test.each(["cd.go.contrib.authorization.guest", "tls-auth"])(
  "a plugin that asks for no log-in is refused, whoever is known: %s",
  (plugin) => {
    expect(problemsWith({ plugin, onlyKnownUsers: true })).toEqual([
      {
        key: "gocd:server.authorization.login.plugin",
        found: JSON.stringify(plugin),
        wanted: "a plugin that asks for a log-in, which this one does not",
      },
    ]);
  },
);
