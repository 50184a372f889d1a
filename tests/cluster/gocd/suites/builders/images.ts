import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "../../../kubernetes/binaries";
import { diskOf } from "../../../kubernetes/disks";
import { makeRootfs } from "../../../kubernetes/rootfs";
import { run } from "../../../kubernetes/run";
import { dockerBinary } from "../../binaries";
import { AGENTS_NAMESPACE } from "../../deploy";
import { dockerClient, emulator } from "../../packages";
import { agent, job, loadTool } from "../../pods";

/** On the loopback of the pod, which builders and registry share: Docker and BuildKit speak plain HTTP there. */
export const REGISTRY = "127.0.0.1:5000";
/** The directory of the tests' pipeline, in the agent. */
export const WORK = "/godata/pipelines/builders";
/** What Testcontainers for Go starts beside a test's containers. */
const RYUK = "testcontainers/ryuk:0.14.0";
/** What buildx starts where a builder has no image of its own. */
const BUILDKIT = "moby/buildkit:buildx-stable-1";

const REGISTRY_CONFIG = `version: 0.1
storage: { filesystem: { rootdirectory: /tmp }, delete: { enabled: true } }
http: { addr: "${REGISTRY}" }
`;

/** An image that a job would pull: what it starts, and its files: path in the image → path here. */
interface PulledImage {
  readonly entrypoint: string;
  readonly files: Readonly<Record<string, string>>;
}

const IMAGES: Readonly<Record<string, PulledImage>> = {
  [BUILDKIT]: {
    entrypoint: "buildkitd",
    files: {
      "/usr/bin/buildkitd": dockerBinary("buildkitd"),
      "/usr/bin/buildctl": dockerBinary("buildctl"),
      "/usr/bin/buildkit-runc": binary("runc"),
      // As in the real image: BuildKit has steps of another architecture run by it, without a word to the kernel.
      "/usr/bin/buildkit-qemu-aarch64": emulator,
    },
  },
  "registry:3": { entrypoint: "registry", files: { "/usr/bin/registry": dockerBinary("registry") } },
  [RYUK]: {
    entrypoint: "ryuk",
    files: { "/usr/bin/ryuk": path.join(__dirname, "../../stand-ins/ryuk/ryuk"), "/usr/bin/docker": dockerClient },
  },
};

/** The workspace of the first agent, on its disk: as quick as a copy, and no image of the tests has to hold it. */
const workspace = (): string =>
  path.join(diskOf({ namespace: AGENTS_NAMESPACE, name: `workspace-${agent(0)}` }), "pipelines", path.basename(WORK));

/** Gives the daemon the images, and the pipeline its files. */
export async function prepareImages(): Promise<void> {
  await loadTool(0);
  for (const [index, { files }] of Object.values(IMAGES).entries()) {
    const folder = path.join(workspace(), `image-${index}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await makeRootfs(folder, { files });
  }
  for (const name of ["program-amd64", "program-arm64", "testcontainers"])
    copyFileSync(dockerBinary(name), path.join(workspace(), name));
  writeFileSync(path.join(workspace(), "registry.yml"), REGISTRY_CONFIG);
  await run("chown", ["-R", "1000:0", workspace()]);
  for (const [index, [name, { entrypoint }]] of Object.entries(IMAGES).entries())
    await job(0, `cd ${WORK}/image-${index}; tar -c . | docker import -c 'ENTRYPOINT ["${entrypoint}"]' - ${name}`);
}
