import { isUnknown, text } from "./values";
import type { Subject } from "../rule";
import type { Site } from "./walk";

/** An image that a container or volume asks for. */
export interface ImageUse {
  readonly site: Site;
  readonly key: string;
  /** Undefined while it is known only after up. */
  readonly image: string | undefined;
}

/** How firmly a reference names its image. */
export type Firmness = "digest" | "version" | "loose";

/** Every image that a resource asks for. */
export function imageUses({ type, walked }: Subject): readonly ImageUse[] {
  return [...walked.having(["image", "reference"])].flatMap((site) => imageUsesOf(type, site));
}

function imageUsesOf(type: string, site: Site): readonly ImageUse[] {
  const { value, key } = site;
  const uses: ImageUse[] = [];
  const add = (property: string) => {
    const image = value[property];
    if (text(image) !== undefined || isUnknown(image)) uses.push({ site, key: property, image: text(image) });
  };
  const isContainer = /containers$/i.test(key) && site.index !== undefined;
  const isDockerContainer =
    /^docker:.*:(Container|Service)$/.test(type) && (site.parent === undefined || key === "containerSpec");
  if (isContainer || isDockerContainer) add("image");
  // An image mounted as a volume (Kubernetes 1.31).
  if (key === "image" && site.parent?.key === "volumes") add("reference");
  return uses;
}

/** A digest, a full version (three numbers or more, any suffix), or anything that moves. */
export function firmness(image: string): Firmness {
  const reference = image.trim();
  if (/(^|@)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(reference)) return "digest";
  if (reference.includes("@")) return "loose";
  const tag = /:([^/:]+)$/.exec(reference)?.[1] ?? "";
  return /^v?\d+\.\d+\.\d+(?:[.+_-][\w.+-]*)?$/.test(tag) ? "version" : "loose";
}
