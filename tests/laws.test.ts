import { Linter } from "eslint";
import { join } from "node:path";
import * as tseslint from "typescript-eslint";
import laws from "../eslint.laws.js";

const ROOT = join(__dirname, "..");

/** A file that exists, an import that its law forbids, and one that it allows. */
const LAWS: readonly [law: string, file: string, breaks: string, obeys: string][] = [
  ["Law 1", "components/agents/agent.ts", "../../settings/load", "../../kubernetes/labels"],
  ["Law 1", "components/agents/component.ts", "../../settings/parse", "../../kubernetes/labels"],
  ["Law 1", "preview/show/tree.ts", "../../settings/load", "../run/registration"],
  ["Law 2", "components/agents/agent.ts", "@pulumi/kubernetes", "node:crypto"],
  ["Law 2", "kubernetes/labels.ts", "@pulumi/kubernetes", "node:crypto"],
  ["Law 3", "components/agents/component.ts", "../server/component", "./agent"],
  ["Law 4", "components/agents/agent.ts", "../../index", "./dind"],
  ["Law 4", "policy/policies.ts", "../index", "./rule"],
  ["Law 5", "policy/policies.ts", "../components/agents/agent", "./rule"],
  ["Law 5", "policy/policies.ts", "../settings/load", "./rule"],
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

  test.each(LAWS)("%s: %s may not import %s, but %s", (_law, file, breaks, obeys) => {
    expect(complaints(file, breaks)).toEqual([expect.stringContaining("Law ")]);
    expect(complaints(file, obeys)).toEqual([]);
  });
});
