import { buildKubernetes } from "../kubernetes/binaries";
import { bringPolicyController } from "../kubernetes/policy-controller";
import { buildDocker, buildDockerPlugins, buildJobImages } from "./binaries";
import { fillNpmCache } from "./npm";
import { bringDebianPackages } from "./packages";

/** What a run needs beside the cluster's own packages, binaries and images. */
interface Needs {
  /** What enforces network policies. */
  readonly network: boolean;
  /** What images are made of that jobs pull. */
  readonly builders: boolean;
}

/** Brings what is kept between runs, where it is not there yet. */
export async function bringPrerequisites({ network, builders }: Needs): Promise<void> {
  await bringDebianPackages();
  await buildKubernetes();
  await buildDocker();
  await buildDockerPlugins();
  if (builders) await buildJobImages();
  if (network) await bringPolicyController();
  await fillNpmCache();
}
