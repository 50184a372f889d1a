import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { program } from "./packages";
import { run } from "./run";

/** What a root file system is made of. */
export interface Contents {
  /** Programs of this machine by their path; they keep it, and their libraries come with them. */
  readonly machine?: readonly string[];
  /** Files from elsewhere: path in the image → path here. Libraries come with them too. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders that are copied whole: path in the image → path here. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Symbolic links: path in the image → what it says. */
  readonly links?: Readonly<Record<string, string>>;
  /** Folders that belong to somebody. */
  readonly owned?: { readonly uid: number; readonly gid: number; readonly folders: readonly string[] };
  /** Users beside root: name → uid, gid and home. */
  readonly users?: Readonly<Record<string, { readonly uid: number; readonly gid: number; readonly home: string }>>;
}

const SEARCH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Makes a root file system in `folder`: busybox with all its applets, and what is asked for on top. */
export async function makeRootfs(
  folder: string,
  { machine = [], files = {}, folders = {}, links = {}, users = {}, owned }: Contents,
): Promise<void> {
  for (const made of [
    "usr/bin",
    "usr/sbin",
    "usr/lib",
    "usr/lib64",
    "usr/local/bin",
    "etc",
    "root",
    "run",
    "var",
    "proc",
    "sys",
    "dev",
  ])
    mkdirSync(path.join(folder, made), { recursive: true });
  for (const merged of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${merged}`, path.join(folder, merged));
  mkdirSync(path.join(folder, "tmp"));
  chmodSync(path.join(folder, "tmp"), 0o1777);
  symlinkSync("/run", path.join(folder, "var/run"));
  writeFileSync(
    path.join(folder, "etc/passwd"),
    [
      "root:x:0:0:root:/root:/bin/sh",
      ...Object.entries(users).map(([name, { uid, gid, home }]) => `${name}:x:${uid}:${gid}::${home}:/bin/sh`),
    ].join("\n") + "\n",
  );
  writeFileSync(path.join(folder, "etc/group"), "root:x:0:\n");
  const homes = Object.values(users).map(({ uid, gid, home }) => ({ uid, gid, folders: [home] }));
  for (const { uid, gid, folders } of owned === undefined ? homes : [...homes, owned])
    await run("install", [
      "-d",
      "-m",
      "0775",
      "-o",
      String(uid),
      "-g",
      String(gid),
      ...folders.map((name) => path.join(folder, name)),
    ]);
  for (const found of machine.map(locate)) await add(folder, found, found);
  for (const [inside, here] of Object.entries(files)) await add(folder, inside, here);
  for (const [inside, here] of Object.entries(folders))
    cpSync(here, path.join(folder, inside), { recursive: true, dereference: true });
  for (const [inside, target] of Object.entries(links)) {
    mkdirSync(path.dirname(path.join(folder, inside)), { recursive: true });
    symlinkSync(target, path.join(folder, inside));
  }
  await applets(folder);
}

/** Links every applet of busybox that no program above is there for. */
async function applets(folder: string): Promise<void> {
  copyFileSync(program("busybox"), path.join(folder, "usr/bin/busybox"));
  const list = await run(program("busybox"), ["--list-full"]);
  for (const applet of list.trim().split("\n")) {
    const name = path.basename(applet);
    // A link may point to what is there only in the image.
    if (
      SEARCH.some((directory) => lstatSync(path.join(folder, directory, name), { throwIfNoEntry: false }) !== undefined)
    )
      continue;
    mkdirSync(path.dirname(path.join(folder, applet)), { recursive: true });
    symlinkSync("/bin/busybox", path.join(folder, applet));
  }
}

/** Where a program of this machine is. */
export function locate(name: string): string {
  const found = name.startsWith("/")
    ? name
    : SEARCH.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
  if (found === undefined || !existsSync(found)) throw new Error(`this machine has no ${name}`);
  return found;
}

async function add(folder: string, inside: string, here: string): Promise<void> {
  place(folder, inside, here);
  for (const library of await libraries(here)) place(folder, library, library);
}

function place(folder: string, inside: string, here: string): void {
  const target = path.join(folder, inside);
  if (existsSync(target)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const file = realpathSync(here);
  if (statSync(file).isDirectory()) throw new Error(`${here} is a folder`);
  copyFileSync(file, target);
}

/** The libraries and the loader that a program asks for; none for a script or a static program. */
async function libraries(file: string): Promise<string[]> {
  const output = await run("sh", ["-c", 'ldd "$0" 2>/dev/null || true', file]);
  return [...output.matchAll(/(?:=>\s+)?(\/\S+)\s+\(0x/g)].map((match) => match[1] ?? "");
}
