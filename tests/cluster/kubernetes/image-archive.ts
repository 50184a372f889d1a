import { createHash } from "node:crypto";
import { createReadStream, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "./run";

/** How a container of an image starts, in the words of the image specification. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Volumes?: Readonly<Record<string, object>>;
}

/**
 * Packs `rootfs` as an image of one layer into `folder` and returns the archive. Not compressed, which would take longer than
 * all the rest, and without a builder, which would have to be told of every file.
 */
export async function packImage(folder: string, tag: string, rootfs: string, config: ImageConfig): Promise<string> {
  const layer = path.join(folder, "layer.tar");
  await run("tar", ["-C", rootfs, "--numeric-owner", "-cf", layer, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(layer), hash);
  const description = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [`sha256:${hash.digest("hex")}`] },
  });
  writeFileSync(path.join(folder, "config.json"), description);
  writeFileSync(
    path.join(folder, "manifest.json"),
    JSON.stringify([{ Config: "config.json", RepoTags: [tag], Layers: ["layer.tar"] }]),
  );
  const archive = path.join(folder, "image.tar");
  await run("tar", ["-C", folder, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  rmSync(layer);
  return archive;
}
