// The plugin of a provider that stands in: `main.js NAME VERSION`, as the engine starts it.
import { announce } from "../plugin/forward";
import { standIn } from "./providers";
import { serverOf } from "./serve";

const [name = "", version = ""] = process.argv.slice(2);
void announce(serverOf(standIn(name), version));
