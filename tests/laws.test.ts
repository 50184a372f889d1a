import { Linter } from "eslint";
import { join } from "node:path";
import * as tseslint from "typescript-eslint";
import laws from "../eslint.laws.js";

const ROOT = join(__dirname, "..");

/** A file, an import that the law forbids in it, and one that it allows. */
const LAWS: readonly (readonly [law: string, file: string, breaks: string, obeys: string])[] = [
  ["Law 1", "components/agents/agent.ts", "../../settings/agents", "../../kubernetes/labels"],
  ["Law 1", "components/agents/component.ts", "../../settings/load", "../../kubernetes/labels"],
  ["Law 1", "kubernetes/placement.ts", "../settings/types", "./labels"],
  ["Law 1", "settings/agents.ts", "./load", "./problems"],
  ["Law 1", "tools/schema/main.ts", "../../settings/load", "../../settings/keys"],
  ["Law 1", "laptop/setup.ts", "../settings/load", "../components/server/server"],
  ["Law 2", "components/agents/agent.ts", "@pulumi/kubernetes", "node:crypto"],
  ["Law 2", "kubernetes/labels.ts", "@pulumi/kubernetes", "node:crypto"],
  ["Law 2", "settings/agents.ts", "@pulumi/pulumi", "zod"],
  ["Law 3", "components/agents/component.ts", "../server/component", "./agent"],
  ["Law 3", "laptop/setup.ts", "../components/server/component", "../components/server/server"],
  ["Law 4", "components/agents/agent.ts", "../../index", "./dind"],
  ["Law 4", "settings/load.ts", "../index", "./parse"],
  ["Law 4", "tools/schema/main.ts", "../../index", "./wanted"],
  ["Law 4", "policy/policies.ts", "../index", "./rule"],
  ["Law 4", "preview/run/run.ts", "../../index", "./monitor"],
  ["Law 5", "policy/policies.ts", "../components/agents/agent", "./rule"],
  ["Law 5", "policy/rules/no-host-paths.ts", "../../kubernetes/quantities", "../reading/walk"],
  ["Law 5", "preview/show/tree.ts", "../../settings/types", "../run/registration"],
  ["Law 5", "preview/cli.ts", "../policy/policies", "./preview"],
  ["Law 5", "preview/show/tree.ts", "../../components/agents/agent", "../escape"],
  ["Law 5", "images/housekeeping/src/config.ts", "../../../kubernetes/quantities", "./drain"],
  ["Law 6", "tests/cluster/kubernetes/node.ts", "../gocd/deploy", "./run"],
  ["Law 6", "tests/cluster/kubernetes/node.ts", "../../support/program", "@grpc/grpc-js"],
];

describe("the laws of docs/architecture.md", () => {
  const linter = new Linter({ cwd: ROOT });
  const config: Linter.Config[] = [
    {
      files: ["**/*.ts"],
      languageOptions: { parser: tseslint.parser },
      plugins: { "@typescript-eslint": tseslint.plugin },
    },
    ...laws,
  ];

  function complaints(file: string, from: string): string[] {
    const text = `import * as it from "${from}";\nexport { it };\n`;
    return linter.verify(text, config, { filename: join(ROOT, file) }).map(({ message }) => message);
  }

  test.each(LAWS)("%s: %s may not import %s, but %s", (law, file, breaks, obeys) => {
    expect(complaints(file, breaks)).toEqual([expect.stringContaining(`${law}: `)]);
    expect(complaints(file, obeys)).toEqual([]);
  });
});
