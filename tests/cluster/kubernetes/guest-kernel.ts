import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unpackedFile, unpackInto } from "./debian";
import { say, step } from "./progress";
import { outcome, run } from "./run";

/** Unpacked for the tests in a guest: a kernel with its modules, made for machines that are emulated. */
const PACKAGE = "linux-image-cloud-amd64";

/**
 * The folder with the guest's kernel: boot/vmlinuz-… and lib/modules, unpacked and listed for modprobe; empty where the distribution has
 * no such package.
 */
const KERNEL = unpackedFile("guest-kernel-of-backports");
/** What apt is told of them, and what it learns. */
const APT = unpackedFile(".backports");
/** What Debian signs them with. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Whether there is a kernel for a guest. */
export const hasGuestKernel = (): boolean => existsSync(path.join(KERNEL, "boot"));

/** The kernel's file. */
export const guestKernel = (): string => path.join(KERNEL, "boot", find("boot", "vmlinuz"));

/** The folder with its modules, and where a guest has them. */
export function guestModules(): { readonly here: string; readonly there: string } {
  const version = find("lib/modules", "");
  return { here: path.join(KERNEL, "lib/modules", version), there: `/usr/lib/modules/${version}` };
}

const find = (folder: string, beginning: string): string => {
  const found = readdirSync(path.join(KERNEL, folder)).find((name) => name.startsWith(beginning));
  if (found === undefined) throw new Error(`the guest's kernel has no ${folder}/${beginning}`);
  return found;
};

/** Brings it, from Debian's backports: user namespaces of pods ask for Linux 6.3, and Debian 12 itself has 6.1. */
export async function bringGuestKernel(): Promise<void> {
  if (!existsSync(KERNEL)) await step(`bring ${PACKAGE} of Debian's backports`, unpackKernel);
}

async function unpackKernel(): Promise<void> {
  const apt = await backports();
  const name = apt && (await newestKernel(apt));
  if (apt === undefined || name === undefined) {
    say(`no package ${PACKAGE} among Debian's backports here: the tests in a guest are skipped`);
    mkdirSync(KERNEL, { recursive: true });
    return;
  }
  const packed = `${KERNEL}.packed`;
  await unpackInto(packed, name, apt);
  const modules = path.join(packed, "lib/modules");
  await run("find", [modules, "-name", "*.ko.xz", "-exec", "xz", "--decompress", "{}", "+"]);
  await run("depmod", ["--basedir", packed, readdirSync(modules)[0] ?? ""]);
  renameSync(packed, KERNEL);
  rmSync(APT, { recursive: true });
}

/** Options by which apt knows this release's backports, with no word of it in the machine's own configuration; none where there are none. */
async function backports(): Promise<readonly string[] | undefined> {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const sources = ["--format", "$(REPO_URI)", "Created-By: Packages", `Codename: ${release}`];
  const [uri = ""] = (await outcome("apt-get", ["indextargets", ...sources])).stdout.split("\n");
  if (uri === "" || !existsSync(KEYRING)) return undefined;
  const lists = path.join(APT, "lists");
  mkdirSync(path.join(lists, "partial"), { recursive: true });
  const list = path.join(APT, "sources.list");
  writeFileSync(list, `deb [signed-by=${KEYRING}] ${uri} ${release}-backports main\n`);
  const told = { "Dir::Etc::SourceList": list, "Dir::Etc::SourceParts": "-", "Dir::State::Lists": lists };
  const options = Object.entries(told).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return (await outcome("apt-get", [...options, "update", "-qq"])).code === 0 ? options : undefined;
}

/** The package with the kernel is named for its version; the one without a version only depends on it. */
async function newestKernel(apt: readonly string[]): Promise<string | undefined> {
  const { stdout } = await outcome("apt-cache", [...apt, "depends", PACKAGE]);
  return /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
}
