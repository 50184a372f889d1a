// npm run contract: holds a GoCD server against what the stand-in is held against.
import { runContract } from "./run";

void runContract(process.argv.slice(2), process.env, process).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`contract: ${(error as Error).message}\n`);
    process.exitCode = 1;
  },
);
