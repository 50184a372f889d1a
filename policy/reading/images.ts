import { isUnknown, text } from "./values";
import type { ResourceView } from "./resource-view";
import type { ObjectNode } from "./object-node";

/** An image that a container or volume asks for. */
export interface ImageUse {
  readonly node: ObjectNode;
  readonly key: string;
  /** Undefined while it is known only after up. */
  readonly image: string | undefined;
}

/** How exactly a reference names its image. */
export type Pinning = "digest" | "version" | "none";

/** Every image that a resource asks for. */
export function imageUses({ type, index }: ResourceView): readonly ImageUse[] {
  return [...index.withAnyKey(["image", "reference"])].flatMap((node) => imageUsesOf(type, node));
}

function imageUsesOf(type: string, node: ObjectNode): readonly ImageUse[] {
  const { value, key } = node;
  const uses: ImageUse[] = [];
  const add = (property: string) => {
    const image = value[property];
    if (text(image) !== undefined || isUnknown(image)) uses.push({ node, key: property, image: text(image) });
  };
  const isContainer = /containers$/i.test(key) && node.index !== undefined;
  const isDockerContainer =
    /^docker:.*:(Container|Service)$/.test(type) && (node.parent === undefined || key === "containerSpec");
  if (isContainer || isDockerContainer) add("image");
  // An image mounted as a volume (Kubernetes 1.31).
  if (key === "image" && node.parent?.key === "volumes") add("reference");
  return uses;
}

/** A digest, a full version (three numbers or more, any suffix), or anything that moves. */
export function pinning(image: string): Pinning {
  const reference = image.trim();
  if (/(^|@)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(reference)) return "digest";
  if (reference.includes("@")) return "none";
  const tag = /:([^/:]+)$/.exec(reference)?.[1] ?? "";
  return /^v?\d+\.\d+\.\d+(?:[.+_-][\w.+-]*)?$/.test(tag) ? "version" : "none";
}
