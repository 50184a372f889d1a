import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { PACKAGES } from "./paths";
import { step } from "./progress";
import { outcome, run } from "./run";

/** Packages of Debian that somebody needs. */
export interface DebianPackages {
  /**
   * Unpacked into the cache: installed, an etcd, containerd or Docker would start as a service of the machine, or push out the
   * one that it has. Their programs need only the C library.
   */
  readonly unpacked: readonly string[];
  /** Installed, because they cannot be moved: a program that shows that it is there → its package. */
  readonly installed: Readonly<Record<string, string>>;
}

/** Where a file of an unpacked package is, e.g. `etcd-server/usr/bin/etcd`. */
export const unpackedFile = (file: string): string => path.join(PACKAGES, file);

/** Brings the Debian packages that are missing. */
export async function bringPackages({ unpacked, installed }: DebianPackages): Promise<void> {
  const unpack = unpacked.filter((name) => !existsSync(unpackedFile(name)));
  const install = Object.entries(installed).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
  if (install.length + unpack.length === 0) return;
  await step(`bring Debian packages: ${[...install, ...unpack].join(", ")}`, async () => {
    await run("apt-get", ["update", "-qq"]);
    if (install.length > 0)
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...install], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeout: 900_000,
      });
    for (const name of unpack) await unpackInto(unpackedFile(name), name);
  });
}

/** Downloads a package and unpacks it into a folder, which is there only when it is complete; `apt` are options of apt's. */
export async function unpackInto(folder: string, name: string, apt: readonly string[] = []): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  // apt drops its rights to a user that may not write here, warns about it, and downloads all the same.
  const { code, stderr } = await outcome("apt-get", [...apt, "download", "-qq", name], { cwd: unfinished });
  const file = readdirSync(unfinished).find((entry) => entry.endsWith(".deb"));
  if (code !== 0 || file === undefined) throw new Error(`apt-get download ${name} failed: ${stderr}`);
  await run("dpkg-deb", ["-x", file, "."], { cwd: unfinished });
  rmSync(path.join(unfinished, file));
  // Newer releases have in /usr/bin what older ones have in /bin.
  if (existsSync(path.join(unfinished, "usr/bin")) && !existsSync(path.join(unfinished, "bin")))
    symlinkSync("usr/bin", path.join(unfinished, "bin"));
  renameSync(unfinished, folder);
}
