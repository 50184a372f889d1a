import { difference } from "./difference";

const [against = "", directory = ""] = process.argv.slice(2);
void difference(".", against, directory, process.env).then((status) => {
  process.exitCode = status;
});
