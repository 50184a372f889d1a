// The plugin of a provider that stands in: `main.js NAME VERSION`, as the engine starts it.
import { docker } from "./docker";
import { google } from "./google/google";
import { kubernetesObjects } from "./kubernetes-objects";
import { random } from "./random";
import { serve } from "./serve";
import { tls } from "./tls";

const PROVIDERS = { random, tls, docker, gcp: google, kubernetes: kubernetesObjects };

const [name = "", version = ""] = process.argv.slice(2);
serve(PROVIDERS[name as keyof typeof PROVIDERS], version);
