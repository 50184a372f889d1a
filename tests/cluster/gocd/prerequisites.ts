import { buildContainerd, buildKubernetes } from "../kubernetes/binaries";
import { bringPackages } from "../kubernetes/debian";
import { bringGuestKernel } from "../kubernetes/guest-kernel";
import { afterOthers } from "../kubernetes/lock";
import { CACHE_LOCK } from "../kubernetes/paths";
import { bringPolicyController } from "../kubernetes/policy-controller";
import { buildDocker, buildDockerPlugins, buildJobImages, buildPrograms } from "./binaries";
import { bringDirectory } from "./directory";
import { bringGatewayApi } from "./gateway-api";
import { bringImageNode, fillNpmCache } from "./npm";
import { bringCompanyNetwork, bringDebianPackages, bringEmulators } from "./packages";

/** What a run needs beside the cluster's own packages, binaries and images; nothing of it where nothing is said. */
interface Needs {
  /** What enforces network policies. */
  readonly network?: boolean;
  /** A proxy in front of GoCD, and a directory of people. */
  readonly access?: boolean;
  /** What images are made of that jobs pull. */
  readonly builders?: boolean;
  /** A machine of its own, which runs a program of another processor. */
  readonly guest?: boolean;
  /** A node in a machine of its own, with containerd 2. */
  readonly walls?: boolean;
  /** A company's network: a proxy, sshd, a JVM, and what images are made of. */
  readonly company?: boolean;
}

/** Brings what is kept between runs, where it is not there yet. */
export const bringPrerequisites = (needs: Needs = {}): Promise<void> => afterOthers(CACHE_LOCK, () => bring(needs));

async function bring({ network, access, builders, company, guest, walls }: Needs): Promise<void> {
  await bringDebianPackages();
  await buildKubernetes();
  await buildDocker();
  await buildDockerPlugins();
  if (builders || company) {
    await buildJobImages();
  }
  if (builders || company || guest) await bringEmulators();
  if (guest || walls) await bringGuestKernel();
  if (guest) await buildPrograms();
  if (walls) await buildContainerd();
  if (company) await bringCompanyNetwork();
  if (network) await bringPolicyController();
  if (access) {
    await bringPackages({ unpacked: ["nginx"], installed: {} });
    await bringDirectory();
  }
  await bringGatewayApi();
  await fillNpmCache();
  await bringImageNode();
}
