import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { binary } from "./binaries";
import { CGROUP } from "./cgroups";
import { startDaemon, stopDaemon } from "./daemons";
import { containerdPrograms, program } from "./debian";
import { CONTAINERD_SOCKET, ctr, PAUSE } from "./node";
import { ROOT, STAND_INS, STATE } from "./paths";
import { step } from "./progress";
import { makeRootfs, type Contents } from "./rootfs";
import { eventually, outcome, run } from "./run";
import { STAND_IN_CONTENTS } from "./stand-ins";
import { TEST_IMAGES } from "./stack";

const SOCKET = "unix:///run/build/docker.sock";
const CONTEXTS = path.join(STATE, "contexts");

/**
 * Builds the stand-ins and, with them as base, the images under test, with a dockerd of the version that they hold. It
 * works on the node's own containerd, so what is built is at once what the kubelet finds: no registry, no export.
 */
export async function loadImages(): Promise<void> {
  await step("start dockerd to build images", startBuilder);
  for (const [name, contents] of Object.entries(STAND_IN_CONTENTS)) await step(`build the stand-in for ${name}`, () => buildStandIn(name, contents));
  for (const image of Object.values(TEST_IMAGES))
    await step(`build images/${image.folder}`, async () => {
      await build(path.join(ROOT, "images", image.folder), image.tag, image.buildArgs);
      // A pod names its image by digest; the kubelet looks up that very name.
      await ctr("images", "tag", "--force", `docker.io/${image.tag}`, image.reference);
    });
  await stopDaemon("dockerd");
}

async function startBuilder(): Promise<void> {
  startDaemon({
    name: "dockerd",
    command: binary("dockerd"),
    args: [
      `--host=${SOCKET}`,
      `--data-root=${STATE}/build`,
      "--exec-root=/run/build",
      "--pidfile=/run/build/dockerd.pid",
      `--containerd=${CONTAINERD_SOCKET}`,
      "--containerd-namespace=k8s.io",
      `--cgroup-parent=/${CGROUP}/build`,
      // The files of images need no network to be put together, and nothing here may ask for one.
      ...["--bridge=none", "--iptables=false", "--ip6tables=false"],
    ],
    env: { PATH: [path.dirname(binary("runc")), containerdPrograms, process.env["PATH"]].join(":") },
  });
  await eventually("dockerd", async () => ((await outcome(program("docker"), ["-H", SOCKET, "version"])).code === 0 ? true : undefined), 60_000);
}

async function buildStandIn(name: string, contents: Contents): Promise<void> {
  const context = path.join(CONTEXTS, name);
  mkdirSync(context, { recursive: true });
  for (const entry of readdirSync(path.join(STAND_INS, name))) cpSync(path.join(STAND_INS, name, entry), path.join(context, entry), { recursive: true });
  await makeRootfs(path.join(context, "rootfs"), contents);
  await build(context, name === "pause" ? PAUSE : `stand-in/${name}:1`, {});
}

async function build(context: string, tag: string, buildArgs: Readonly<Record<string, string>>): Promise<void> {
  const args = Object.entries(buildArgs).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  await run(program("docker"), ["-H", SOCKET, "build", "--network=none", "--tag", tag, ...args, context], { env: { ...process.env, DOCKER_BUILDKIT: "1" } });
}
