import { readFileSync } from "node:fs";
import path from "node:path";
import { buildAll, builtBinary, STRIPPED, type Build } from "../../cluster/kubernetes/go-modules";
import { ROOT } from "../../cluster/kubernetes/paths";
import { installedPlugin, onPath, providerVersion, type Plugin } from "./plugins";

const KUBERNETES_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** The version of the CLI that the workflows install and install.md names. */
const PULUMI_VERSION = readFileSync(path.join(ROOT, ".github/pulumi-version"), "utf8").trim();

const BUILDS: readonly Build[] = [
  {
    module: "pulumi",
    packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    ldflags: `${STRIPPED} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`,
  },
  {
    module: "pulumi-kubernetes",
    packages: { "pulumi-resource-kubernetes": "." },
    // The version that the program's package asks for; what the module is, its go.mod says.
    ldflags: `${STRIPPED} -X ${KUBERNETES_PROVIDER}/pkg/version.Version=v${providerVersion("kubernetes")}`,
    embedded: { "schema.json": { module: KUBERNETES_PROVIDER, file: "cmd/pulumi-resource-kubernetes/schema.json" } },
  },
];

/** The CLI: the one on the PATH, as it is, else the one that is built. */
export const pulumiProgram = (): string => onPath("pulumi") ?? builtBinary(BUILDS, "pulumi");

/** What the CLI is, with the engine in it, of a run that has it. */
export const pulumiOrigin = (): Plugin => ({
  name: "Pulumi CLI and engine",
  origin: onPath("pulumi") === undefined ? "built" : "installed",
});

/** The Kubernetes provider that is built. */
export const kubernetesProvider = (): string => builtBinary(BUILDS, "pulumi-resource-kubernetes");

/** Builds what the Go modules have of Pulumi and this machine has not. */
export function buildPulumi(): Promise<void> {
  const installed: Readonly<Record<string, string | undefined>> = {
    pulumi: onPath("pulumi"),
    "pulumi-kubernetes": installedPlugin("kubernetes"),
  };
  return buildAll(BUILDS.filter(({ module }) => installed[module] === undefined));
}
