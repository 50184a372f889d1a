import { runCommand } from "../../preview/command";
import { pulumi } from "./pulumi";

const HELP = `Usage: tools/github/pulumi-main.ts preview|drift FILE

Runs Pulumi for the stack of PULUMI_STACK and keeps what it says in FILE.
`;

void runCommand(
  { name: "pulumi-main.ts", help: HELP, arguments: ["preview|drift", "FILE"] },
  {},
  ({ positionals: [mode = "", file = ""] }) => pulumi(mode, file, process.env),
);
