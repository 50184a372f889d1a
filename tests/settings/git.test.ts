import { gitProblems } from "../../settings/git";

const KEYS = { "gocd:gitSshKeys": "canary" };
const HOSTS = { "gocd:gitKnownHosts": "canary" };

test.each([
  ["neither keys nor hosts", {}, []],
  ["both", { ...KEYS, ...HOSTS }, []],
  ["keys for hosts that nobody knows", KEYS, ["gocd:gitKnownHosts"]],
  ["hosts without a key", { ...HOSTS, "gocd:gitSshKeys": "" }, ["gocd:gitSshKeys"]],
])("Git over SSH with %s", (_, config: Readonly<Record<string, string>>, wrong) => {
  const problems = gitProblems(config);
  expect(problems.map(({ key }) => key)).toEqual(wrong);
  expect(JSON.stringify(problems)).not.toContain("canary");
});
