import path from "node:path";
import { kubectl, succeeds } from "../kubernetes/kubectl";
import { MODULES } from "../kubernetes/paths";
import { eventually, run } from "../kubernetes/run";

const MODULE = "sigs.k8s.io/gateway-api";
const KINDS = ["gateways", "httproutes"];
const options = { cwd: path.join(MODULES, "gateway-api") };

/** Brings the module that has the definitions of the Gateway API. */
export const bringGatewayApi = (): Promise<string> => run("go", ["mod", "download", MODULE], options);

/** Teaches the cluster the kinds that the program makes, with the rules that the API server holds them against. */
export async function installGatewayApi(): Promise<void> {
  const folder = (await run("go", ["list", "-m", "-f", "{{.Dir}}", MODULE], options)).trim();
  for (const kind of KINDS) {
    const file = path.join(folder, "config/crd/standard", `gateway.networking.k8s.io_${kind}.yaml`);
    await kubectl(["apply", "--server-side", "-f", file]);
    // Not `wait`: a definition that is a moment old has no conditions yet, which it takes for an error.
    await eventually(`the kind ${kind}`, () =>
      succeeds(["get", `${kind}.gateway.networking.k8s.io`, "--all-namespaces"]),
    );
  }
}
