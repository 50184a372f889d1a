import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { transformSync } from "@swc/core";
import { viewOf } from "../../policy/reading/view";
import * as rule from "../../policy/rule";
import { otherPod } from "./cases/case";

const README = readFileSync(join(__dirname, "../../policy/README.md"), "utf8");

/** The rule that the page writes as an example. */
function example(): rule.ResourceRule {
  const [, code = ""] = /## Write a rule\n[\s\S]*?```ts\n([\s\S]*?)```/.exec(README) ?? [];
  const compiled = transformSync(code, { jsc: { parser: { syntax: "typescript" } }, module: { type: "commonjs" } });
  const made: Record<string, rule.ResourceRule> = {};
  runInNewContext(compiled.code, { exports: made, require: () => rule });
  return made["noPodsCalledTest"] as rule.ResourceRule;
}

test("the rule that the README writes says what it should", () => {
  const made = example();
  const judged = (name: string) => {
    const props = { ...otherPod(), metadata: { name, namespace: "shop" } };
    const resource = viewOf({ urn: "urn:x", type: "kubernetes:core/v1:Pod", name: "x", props });
    return made.check(resource, {}).refused.map((found) => rule.sentence(found, made));
  };
  expect(judged("test")).toEqual([
    "Pod shop/test: the Pod is called test (metadata.name). Give it a name that says what it is for.",
  ]);
  expect(judged("web")).toEqual([]);
});
