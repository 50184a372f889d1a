import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { NeededImage } from "./images";

/** An image and its digest, or why its registry has told none. */
export interface AskedImage extends NeededImage {
  readonly digest?: string;
  readonly refusal?: string;
}

/** The digest that is part of a reference. */
export const withKnownDigest = (image: NeededImage): AskedImage => {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image.image)?.[1];
  return digest === undefined ? image : { ...image, digest };
};

const run = promisify(execFile);

/** Asks the registry, as whoever `docker login` has logged in, and through the proxy that Docker's client knows. Nothing is pulled. */
export async function withAskedDigest(image: NeededImage): Promise<AskedImage> {
  const known = withKnownDigest(image);
  if (known.digest !== undefined) return known;
  const args = ["buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image.image];
  try {
    const { stdout } = await run("docker", args, { env: process.env });
    const digest = stdout.trim();
    if (/^sha256:[0-9a-f]{64}$/.test(digest)) return { ...image, digest };
    return { ...image, refusal: `docker answers ${JSON.stringify(digest)} in place of a digest` };
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === "ENOENT")
      throw new Error("--digests needs the command docker with its plugin buildx", { cause: error });
    return { ...image, refusal: stderr?.trim().split("\n").at(-1) ?? String(error) };
  }
}
