import { basesOf } from "../../components/images/registry";
import { isKubernetesObject, type Registration } from "../../preview/run/registration";
import { at, list, text } from "../plain";

/** An image that a stack needs. */
export interface NeededImage {
  /** By digest where the settings have one; by tag where it is built, or pulled to build. */
  readonly image: string;
  /** Platforms of an image that is built, or pulled to build. */
  readonly platforms: readonly string[];
  /** What needs it, for people. */
  readonly neededBy: readonly string[];
}

/** A resource as the preview shows it: inputs are plain. */
type Resource = Pick<Registration, "type" | "inputs" | "custom">;

/** What `docker buildx create` makes a builder of unless it is told otherwise (docker/buildx: `bkimage.DefaultImage`). */
const BUILDER = "moby/buildkit:buildx-stable-1";

/**
 * Every image that a stack needs: those of its pods, those that are built and pushed, what they are built from, and the one that
 * Docker's client takes by itself in jobs.
 *
 * @param read contents of a file by its path from the program's folder.
 */
export function neededImages(resources: readonly Resource[], read: (path: string) => string): NeededImage[] {
  const built = resources.filter(({ type }) => type === "docker:index/image:Image").map(({ inputs }) => inputs);
  const rows: readonly Need[] = [
    ...resources.filter(isKubernetesObject).flatMap(({ inputs }) => imagesOfPods(inputs)),
    ...built.map((inputs) => ({
      image: text(at(inputs, "imageName")),
      platform: text(at(inputs, "build", "platform")),
      neededBy: `pods; built from ${text(at(inputs, "build", "context")).replace(/^\.\//, "")}`,
    })),
    ...built.flatMap((inputs) => basesOfBuild(inputs, read)),
    { image: BUILDER, neededBy: "jobs that run docker buildx create" },
  ];
  return [...new Set(rows.map(({ image }) => image))].map((image) => {
    const own = rows.filter((row) => row.image === image);
    return {
      image,
      platforms: [...new Set(own.flatMap(({ platform }) => platform ?? []))],
      neededBy: [...new Set(own.map(({ neededBy }) => neededBy))],
    };
  });
}

/** One thing that needs an image. */
interface Need {
  readonly image: string;
  readonly platform?: string;
  readonly neededBy: string;
}

/** What is built has no digest yet, and stands in the list by its tag. */
function imagesOfPods(object: unknown) {
  const name = `${text(at(object, "kind"))} ${text(at(object, "metadata", "name"))}`;
  const spec = at(object, "spec", "template", "spec");
  return (["initContainers", "containers"] as const)
    .flatMap((key) => list(at(spec, key)))
    .map((container) => ({
      image: text(at(container, "image")),
      neededBy: `${name}: ${text(at(container, "name"))}`,
    }))
    .filter(({ image }) => image.includes("@"));
}

function basesOfBuild(inputs: unknown, read: (path: string) => string) {
  const build = at(inputs, "build");
  const dockerfile = text(at(build, "dockerfile"));
  const bases = Object.entries(basesOf(read(dockerfile)));
  return bases.map(([argument, base]) => ({
    image: text(at(build, "args", argument)) || base,
    platform: text(at(build, "platform")),
    neededBy: `building ${text(at(build, "context")).replace(/^\.\//, "")}`,
  }));
}
