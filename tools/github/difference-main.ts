import { runCommand } from "../../preview/command";
import { difference } from "./difference";

const HELP = `Usage: tools/github/difference-main.ts REVISION DIRECTORY

Compares every committed stack with what it is at a revision, and writes DIRECTORY/preview.txt.
`;

void runCommand(
  { name: "difference-main.ts", help: HELP, arguments: ["REVISION", "DIRECTORY"] },
  {},
  ({ positionals: [against = "", directory = ""] }) => difference(".", against, directory, process.env),
);
