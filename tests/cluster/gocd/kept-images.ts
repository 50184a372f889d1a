import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { program } from "../kubernetes/packages";
import { CACHE, ROOT } from "../kubernetes/paths";
import { locate } from "../kubernetes/rootfs";
import { run } from "../kubernetes/run";
import { STAND_IN, type StandIn } from "./stand-ins";

/** What the images are made of and by, in the checkout; suites have no part in it. */
const SOURCES = [
  "images",
  "tests/cluster/gocd",
  "tests/cluster/kubernetes",
  "tests/support/gocd-stand-in",
  "tests/support/storage-stand-in",
  "package-lock.json",
];
const NO_SOURCES = ["node_modules", "dist", "coverage", "suites"];
/** Changes with every library that is installed on the machine. */
const LIBRARIES = "/etc/ld.so.cache";
/** What containerd writes into in place; whatever else it keeps it only adds and deletes. */
const DATABASES = ["io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db"];

const KEPT = path.join(CACHE, "images");

/** Every file below a folder, or the file itself. */
const filesOf = (at: string, without: readonly string[] = []): readonly string[] =>
  statSync(at).isDirectory()
    ? readdirSync(at)
        .sort()
        .filter((name) => !without.includes(name))
        .flatMap((name) => filesOf(path.join(at, name), without))
    : [at];

/** The machine's own files are told by their size and when they changed. */
function described(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${path.relative(ROOT, realpathSync(file))} ${size} ${mtimeMs}\n`;
}

/** The folder in which the node's images are kept, for as long as everything that they are made of stays the same. */
export function keptImages(): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES)
    for (const file of filesOf(path.join(ROOT, source), NO_SOURCES))
      hash.update(path.relative(ROOT, file)).update(readFileSync(file));
  const contents = Object.values<StandIn>(STAND_IN).map((standIn) => standIn.contents);
  const machine = [
    ...contents.flatMap(({ machine: programs = [] }) => programs.map(locate)),
    ...contents.flatMap(({ files = {}, folders = {} }) => [...Object.values(files), ...Object.values(folders)]),
    program("busybox"),
    program("containerd"),
    ...(existsSync(LIBRARIES) ? [LIBRARIES] : []),
  ];
  for (const file of machine.flatMap((place) => filesOf(place))) hash.update(described(file));
  return path.join(KEPT, hash.digest("hex").slice(0, 12));
}

/** Copies what containerd keeps: by links, but for its databases. Nobody may have it open. */
async function copy(from: string, to: string): Promise<void> {
  mkdirSync(path.dirname(to), { recursive: true });
  await run("cp", ["--archive", "--link", from, to]);
  for (const database of DATABASES) {
    rmSync(path.join(to, database));
    cpSync(path.join(from, database), path.join(to, database));
  }
}

/** Gives a node that has not started yet the images that are kept there, and tells whether there are any. */
export async function bringKeptImages(kept: string, containerd: string): Promise<boolean> {
  if (!existsSync(kept)) return false;
  await copy(kept, containerd);
  return true;
}

/** Keeps there the images of a node that is stopped, in place of those of before. */
export async function keepImages(kept: string, containerd: string): Promise<void> {
  const unfinished = path.join(CACHE, `images.${process.pid}`);
  await copy(containerd, unfinished);
  rmSync(KEPT, { recursive: true, force: true });
  mkdirSync(KEPT, { recursive: true });
  renameSync(unfinished, kept);
}
