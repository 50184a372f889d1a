import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { packImage } from "./image-archive";
import { STATE } from "./paths";
import { makeRootfs } from "./rootfs";

/** The sandbox of a pod, which holds the namespaces and does nothing. Nothing listens on port 1: it is never pulled. */
export const PAUSE_IMAGE = "localhost:1/pause:1";

/** Packs it; returns the archive. */
export async function packPause(): Promise<string> {
  const folder = path.join(STATE, "pause");
  const rootfs = path.join(folder, "rootfs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(rootfs, { recursive: true });
  await makeRootfs(rootfs, {});
  return packImage(folder, PAUSE_IMAGE, rootfs, { Entrypoint: ["/bin/busybox", "sleep", "2147483647"] });
}
