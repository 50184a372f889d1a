import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { documentedAnywhere } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { PLANTED } from "../../harness/stack";

let google: GoogleProject;
const stackFile = () => readFileSync(path.join(google.project.directory, "Pulumi.dev.yaml"), "utf8");

beforeAll(async () => {
  google = await emptyGoogleProject("google-secrets", ["dev"], "passphrase");
  writeFileSync(path.join(google.project.directory, "deploy-key"), PLANTED.password);
});

describe("a secret of a stack", () => {
  test.each([
    /^pulumi config set --secret gocd:iapClientSecret/,
    /^pulumi config set --secret gocd:gitSshKeys/,
    /pulumi config set --secret gocd:gitKnownHosts/,
    /^pulumi config set --secret gocd:configRepositoryCredentials/,
    /^pulumi config set --secret gocd:dockerLogins/,
    /^pulumi config set --secret --path gocd:serverSecrets/,
  ])("is set by each line of the pages that is like %s, and is not to be read afterwards", async (pattern) => {
    for (const line of documentedAnywhere(pattern)) {
      // What is on the other side of the pipe asks a host for its key.
      const command = line.replace(/^ssh-keyscan \S+ \| /, "");
      const before = stackFile();
      const { text } = await google.project.must(command, { input: PLANTED.password });
      expect(stackFile()).not.toBe(before);
      for (const place of [stackFile(), text]) expect(place).not.toMatch(/planted|USER:TOKEN|\$2y\$/);
    }
  });
});
