import { buildKubernetes } from "../kubernetes/binaries";
import { bringPolicyController } from "../kubernetes/policy-controller";
import { buildDocker, buildDockerPlugins } from "./binaries";
import { fillNpmCache } from "./npm";
import { bringDebianPackages } from "./packages";

/** What a run needs beside the cluster's own packages, binaries and images. */
interface Needs {
  /** What enforces network policies. */
  readonly network: boolean;
  /** Docker's plug-ins. */
  readonly laptop: boolean;
}

/** Brings what is kept between runs, where it is not there yet. */
export async function bringPrerequisites({ network, laptop }: Needs): Promise<void> {
  await bringDebianPackages();
  await buildKubernetes();
  await buildDocker();
  if (network) await bringPolicyController();
  if (laptop) await buildDockerPlugins();
  await fillNpmCache();
}
