import { buildKubernetes } from "../kubernetes/binaries";
import { buildDocker } from "./binaries";
import { fillNpmCache } from "./npm";
import { bringDebianPackages } from "./packages";

/** Brings what is kept between runs, where it is not there yet: packages, binaries, and what images are built with. */
export async function bringPrerequisites(): Promise<void> {
  await bringDebianPackages();
  await buildKubernetes();
  await buildDocker();
  await fillNpmCache();
}
