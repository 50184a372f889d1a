import { spawnSync } from "node:child_process";
import { ROOT } from "../support/program";
import { stockSettings } from "./subjects";

test("the program compiles with Pulumi's stock settings, with which the bench compares it", () => {
  const { stdout } = spawnSync("npx", ["tsc", "--noEmit", "--project", stockSettings()], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});
