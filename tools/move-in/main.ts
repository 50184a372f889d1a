import { moveIn } from "./move-in";

void moveIn(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, now: () => new Date() }).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`move-in: ${(error as Error).message}\n`);
    process.exitCode = 1;
  },
);
