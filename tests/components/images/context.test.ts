import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { normaliseModes } from "../../../components/images/context";
import { IMAGES } from "../../../components/images/registry";
import { ROOT } from "../../support/program";

/** What people, editors and file managers leave in folders. */
const STRANGE = [
  ".DS_Store",
  "bin/.DS_Store",
  "hooks/10-identity~",
  "hooks/.10-identity.swp",
  "src/main.ts.orig",
  "src/backup/Thumbs.db",
  "dind.bak",
  "notes.txt",
  "core",
  ".env",
  "node_modules/left-pad/index.js",
  "dist/main.js",
];

/**
 * What Pulumi's provider makes its digest of (`hashContext` in pulumi-docker's provider.go): of every file that .dockerignore lets
 * through its path, its mode and its content; and of the Dockerfile its content.
 */
function inputsOf(folder: string): string[] {
  const ignored = dockerignore().add(readFileSync(join(folder, ".dockerignore"), "utf8"));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const digest = (file: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
  return [
    `Dockerfile ${digest("Dockerfile")}`,
    ...ignored
      .filter(files.sort())
      .map((file) => `${file} ${statSync(join(folder, file)).mode.toString(8)} ${digest(file)}`),
  ];
}

describe.each(IMAGES)("the image %s", (image) => {
  const tracked = execFileSync("git", ["ls-files"], { cwd: join(ROOT, "images", image), encoding: "utf8" })
    .trimEnd()
    .split("\n");
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "gocd-context-"));
  });

  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });

  /** What `git clone` makes under a umask. */
  function checkout(name: string, umask: number): string {
    const folder = join(scratch, name);
    for (const file of tracked) {
      const [from, to] = [join(ROOT, "images", image, file), join(folder, file)];
      mkdirSync(dirname(to), { recursive: true });
      cpSync(from, to);
      chmodSync(to, ((statSync(from).mode & 0o100) === 0 ? 0o666 : 0o777) & ~umask);
      chmodSync(dirname(to), 0o777 & ~umask);
    }
    return folder;
  }

  test("is built from the same inputs whatever the umask, and whatever else lies around", () => {
    const [mine, theirs] = [checkout("mine", 0o022), checkout("theirs", 0o002)];
    for (const file of STRANGE) {
      mkdirSync(dirname(join(theirs, file)), { recursive: true });
      writeFileSync(join(theirs, file), "strange");
    }
    const before = inputsOf(mine);
    expect([mine, theirs].flatMap((folder) => normaliseModes(folder))).toEqual([]);
    expect(inputsOf(mine)).toEqual(before);
    expect(inputsOf(theirs)).toEqual(before);
  });

  test("is told to its builder where a file of somebody else's keeps its mode", () => {
    const folder = checkout("theirs", 0o002);
    const refuse = () => {
      throw new Error("EPERM");
    };
    expect(normaliseModes(folder, refuse)).toContain(`chmod 644 ${join(folder, "Dockerfile")}`);
    expect(normaliseModes(checkout("mine", 0o022), refuse)).toEqual([]);
  });

  test("gets every file that is in review", () => {
    const inputs = inputsOf(checkout("mine", 0o022)).map((line) => line.split(" ", 1)[0]);
    expect(inputs).toEqual(tracked.filter((file) => !["README.md", ".dockerignore"].includes(file)).sort());
  });
});
