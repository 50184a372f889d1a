import { existsSync } from "node:fs";
import path from "node:path";
import { binary } from "../kubernetes/binaries";
import { CGROUP } from "../kubernetes/cgroups";
import { endOfLog, startDaemon, stopDaemon } from "../kubernetes/daemons";
import type { Images } from "../kubernetes/cluster";
import { containerdPrograms } from "../kubernetes/packages";
import { dockerBinary } from "./binaries";
import { dockerClient } from "./packages";
import { bringKeptImages, keepImages, keptImages } from "./kept-images";
import { CONTAINERD, CONTAINERD_SOCKET, ctr } from "../kubernetes/node";
import { ROOT, STATE } from "../kubernetes/paths";
import { step } from "../kubernetes/progress";
import { eventually, outcome, run } from "../kubernetes/run";
import { TEST_IMAGES } from "./test-images";
import { loadStandIns } from "./load-stand-ins";

const SOCKET = "unix:///run/build/docker.sock";

/**
 * Loads the stand-ins and, with them as base, builds the images under test, with a dockerd of the version that they hold. It
 * works on the node's own containerd, so what is built is at once what the kubelet finds: no registry, no export.
 */
async function loadImages(): Promise<void> {
  await loadStandIns((archive) => ctr("images", "import", archive));
  await step("start dockerd to build images", startBuilder);
  for (const image of Object.values(TEST_IMAGES).filter(({ folder }) =>
    existsSync(path.join(ROOT, "images", folder, "Dockerfile")),
  ))
    await step(`build images/${image.folder}`, async () => {
      await build(path.join(ROOT, "images", image.folder), image.tag, image.buildArgs);
      // A pod names its image by digest; the kubelet looks up that very name.
      await ctr("images", "tag", "--force", image.tag, image.reference);
    });
  await stopDaemon("dockerd");
}

/** The images under test and the stand-ins. */
export function images(): Images {
  // Of the files as they are now: what changes while a run loads them is the next one's.
  const kept = keptImages();
  return {
    bring: () => bringKeptImages(kept, CONTAINERD),
    load: loadImages,
    keep: () => keepImages(kept, CONTAINERD),
  };
}

async function startBuilder(): Promise<void> {
  startDaemon({
    name: "dockerd",
    command: dockerBinary("dockerd"),
    args: [
      `--host=${SOCKET}`,
      `--data-root=${STATE}/build`,
      "--exec-root=/run/build",
      "--pidfile=/run/build/dockerd.pid",
      `--containerd=${CONTAINERD_SOCKET}`,
      "--containerd-namespace=k8s.io",
      `--cgroup-parent=/${CGROUP}/build`,
      // The files of images need no network to be put together, and nothing here may ask for one.
      ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--userland-proxy=false"],
    ],
    env: { PATH: [path.dirname(binary("runc")), containerdPrograms, process.env["PATH"]].join(":") },
  });
  await eventually(
    "dockerd",
    async () => ((await outcome(dockerClient, ["-H", SOCKET, "version"])).code === 0 ? true : undefined),
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${endOfLog("dockerd")}`, { cause: error });
  });
}

async function build(context: string, tag: string, buildArgs: Readonly<Record<string, string>>): Promise<void> {
  const args = Object.entries(buildArgs).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  await run(dockerClient, ["-H", SOCKET, "build", "--network=none", "--tag", tag, ...args, context], {
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
  });
}
