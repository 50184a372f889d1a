import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { packImage } from "../kubernetes/image-archive";
import { STATE } from "../kubernetes/paths";
import { step } from "../kubernetes/progress";
import { makeRootfs } from "../kubernetes/rootfs";
import { compile } from "./compile";
import { STAND_IN, type StandIn } from "./stand-ins";
import { standInTag } from "./test-images";

/** Packs the stand-ins one after the other and hands each archive to `load`; nothing of it is left on the disk. */
export async function loadStandIns(load: (archive: string) => Promise<unknown>): Promise<void> {
  for (const [name, { contents, config, sources }] of Object.entries<StandIn>(STAND_IN))
    await step(`load the stand-in ${name}`, async () => {
      const folder = path.join(STATE, "stand-ins", name);
      const rootfs = path.join(folder, "rootfs");
      mkdirSync(rootfs, { recursive: true });
      await makeRootfs(rootfs, contents);
      await compile(sources ?? [], path.join(rootfs, "opt/stand-in"));
      await load(await packImage(folder, standInTag(name), rootfs, config));
      rmSync(folder, { recursive: true });
    });
}
