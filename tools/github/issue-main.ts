import { runCommand } from "../../preview/command";
import { apiOf } from "./comment";
import { report, textOf } from "./issue";

const HELP = `Usage: tools/github/issue-main.ts FILE

Keeps one issue about drift, with what Pulumi wrote into FILE: opened, edited or closed as RESULT says.
`;

void runCommand(
  { name: "issue-main.ts", help: HELP, arguments: ["FILE"] },
  {},
  async ({ positionals: [file = ""] }) => {
    const { RESULT: result, PULUMI_STACK: stack = "", RUN: run = "" } = process.env;
    const done = await report(apiOf(process.env), {
      result: result === "drift" || result === "none" ? result : "failed",
      stack,
      run,
      text: textOf(file),
    });
    process.stdout.write(`${done}\n`);
    return 0;
  },
);
