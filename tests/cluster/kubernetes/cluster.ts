import { forgetNode, startControlPlane, stopControlPlane, wipeControlPlane } from "./control-plane";
import { crashedDaemons, stopDaemon } from "./daemons";
import { deletePods } from "./delete-pods";
import { driverObjects } from "./disks";
import { apply } from "./kubectl";
import { afterOthers } from "./lock";
import { forgetPods, startContainerd, startKubelet, stopNode } from "./node";
import { CACHE_LOCK } from "./paths";
import { step } from "./progress";
import { startServices, stopServices } from "./services";
import { NODE } from "./sandbox";

/** Images that a node has from the beginning, while no pod wants one yet. */
export interface Images {
  /** Gives them to a containerd that has not started, where an earlier run has kept them. */
  readonly bring: () => Promise<boolean>;
  /** Makes them and loads them into a containerd that runs. */
  readonly load: () => Promise<void>;
  /** Keeps them for the next run; containerd has ended. */
  readonly keep: () => Promise<void>;
}

/** Starts the cluster with these images. */
export async function startCluster(images: Images): Promise<void> {
  try {
    await step("start etcd, kube-apiserver, kube-controller-manager, kube-scheduler", startControlPlane);
    await afterOthers(CACHE_LOCK, () => startContainerdWith(images));
    startServices();
    await step("start the kubelet", startKubelet);
    await apply(driverObjects());
  } catch (error) {
    throw new Error(`the cluster did not start: ${String(error)}\n${crashedDaemons()}`, { cause: error });
  }
}

async function startContainerdWith(images: Images): Promise<void> {
  const brought = await step("look for images of an earlier run", images.bring);
  await step("start containerd", startContainerd);
  if (brought) return;
  await images.load();
  await stopDaemon("containerd");
  await step("keep the images", images.keep);
  await startContainerd();
}

/** Stops and starts the node: the kubelet, containerd and every container; the control plane goes on. */
export async function restartNode(): Promise<void> {
  await stopNode();
  await startContainerd();
  await startKubelet();
}

/**
 * Loses the node with all that runs on it, and starts another in its place. Nobody drained it; the pods in these namespaces
 * are given up, as is done for a machine that will not come back.
 */
export async function replaceNode(namespaces: readonly string[]): Promise<void> {
  await stopNode();
  await forgetNode(NODE);
  for (const namespace of namespaces) await deletePods(namespace, "--all", "--force", "--grace-period=0");
  await forgetPods();
  await startContainerd();
  await startKubelet();
}

/** Loses the cluster, that is all its objects and keys; nothing answers any more. The disks stay. */
export async function loseCluster(): Promise<void> {
  await stopCluster();
  wipeControlPlane();
  await forgetPods();
}

/** Starts an empty cluster in the place of one that is lost. */
export async function startEmptyCluster(): Promise<void> {
  await startControlPlane();
  await startContainerd();
  startServices();
  await startKubelet();
  await apply(driverObjects());
}

/** Loses the cluster and starts an empty one on the same disks. */
export async function replaceCluster(): Promise<void> {
  await loseCluster();
  await startEmptyCluster();
}

/** Ends everything that was started. */
export async function stopCluster(): Promise<void> {
  await stopNode();
  await stopServices();
  await stopControlPlane();
}
