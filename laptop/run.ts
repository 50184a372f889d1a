import { password, renew, setUp, type Laptop } from "./setup";

/**
 * Does what the image's argument asks for, and tells what to print.
 *
 * @throws what to print on standard error.
 */
export async function run(command: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const laptop: Laptop = {
    folder: env["SECRETS_FOLDER"] ?? "/secrets",
    agents: env["SECOND_AGENT"] === "1" ? 2 : 1,
  };
  switch (command) {
    case undefined:
      return setUp(laptop);
    case "password":
      return password(laptop);
    case "renew":
      return renew(laptop);
    default:
      throw new Error("usage: docker compose run --rm setup [password|renew]");
  }
}
