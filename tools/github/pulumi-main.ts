import { pulumi } from "./pulumi";

const [mode = "", file = ""] = process.argv.slice(2);
void pulumi(mode, file, process.env).then((status) => {
  process.exitCode = status;
});
