import { run } from "./run";

const [, , command] = process.argv;

run(command, process.env).then(console.log, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
