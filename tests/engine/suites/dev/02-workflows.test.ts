import { readFileSync } from "node:fs";
import path from "node:path";
import { STACK } from "../../harness/docs";
import type { Project } from "../../harness/project";
import { expectUnchanged, projectWithStackUp } from "../../harness/stack";
import { step } from "../../harness/workflows";

let project: Project;
const output = (name: string) => path.join(project.directory, "out", name);
const environment = () => ({ PULUMI_STACK: STACK, GITHUB_OUTPUT: output("outputs") });
const keptIn = (file: string) => readFileSync(path.join(project.directory, file), "utf8");

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  await project.must("mkdir -p out/comment out/drift");
});

describe("the workflows' commands", () => {
  test("preview keeps what Pulumi says", async () => {
    await project.must(step("preview", /pulumi-main\.ts preview/), { env: environment() });
    expect(keptIn("out/comment/preview.txt")).toMatch(/Resources:\n +\d+ unchanged/);
  });

  test("up changes nothing where nothing was changed", async () => {
    expectUnchanged(await project.must(step("up", /pulumi up/), { env: environment() }));
  });

  test("drift says that there is none", async () => {
    await project.must(step("drift", /pulumi-main\.ts drift/), { env: environment() });
    expect(keptIn("out/outputs")).toBe("result=none\n");
  });
});
