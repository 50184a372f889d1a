import { password, renew, setUp, type Laptop } from "./setup";

const laptop: Laptop = {
  folder: process.env["SECRETS_FOLDER"] ?? "/secrets",
  agents: process.env["SECOND_AGENT"] === "1" ? 2 : 1,
};
const [, , command] = process.argv;

async function run(): Promise<void> {
  if (command === undefined) console.log(await setUp(laptop));
  else if (command === "password") console.log(password(laptop));
  else if (command === "renew") console.log(await renew(laptop));
  else throw new Error("usage: docker compose run --rm setup [password|renew]");
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
