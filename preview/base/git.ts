import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A version that cannot be had; the message says what to do. */
export class VersionError extends Error {
  override readonly name = "VersionError";
}

/** A version of the repository, checked out beside the working tree, which it leaves as it is. */
export interface Worktree {
  /** The project in that version: the same folder of the repository. */
  readonly project: string;
  readonly commit: string;
  /** Removes the checkout; harmless the second time. Works without a turn of the event loop, so that signals can use it. */
  readonly remove: () => void;
}

const run = promisify(execFile);

/** Where git is told by its environment to look elsewhere (inside a hook, for example), our own calls must not follow. */
const LOCAL =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|ALTERNATE_.*|QUARANTINE_PATH)$/;

/** Hooks of the repository are for its users' own checkouts. */
const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];

/**
 * Checks out a version in a temporary directory.
 *
 * @param directory any folder of the repository
 * @param ref a branch, a tag, a commit
 * @throws {VersionError} when there is no repository, no such version or no room
 */
export async function checkOut(directory: string, ref: string): Promise<Worktree> {
  const [root, prefix] = await place(directory);
  const commit = await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]).catch(
    () => {
      throw new VersionError(
        `--against ${ref}: the repository has no such version; name a branch, a tag or a commit` +
          ` (one that was never fetched: git fetch origin ${ref})`,
      );
    },
  );
  const parent = mkdtempSync(join(realpathSync(tmpdir()), "offline-preview-"));
  const tree = join(parent, "base");
  const remove = () => {
    // This checkout alone: `worktree prune` would also forget others that are only out of reach, on a disk that is not mounted.
    const forget = ["worktree", "remove", "--force", "--force", tree];
    spawnSync("git", forget, { cwd: root, env: environment(), stdio: "ignore" });
    rmSync(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  // In one turn of the event loop: a signal is heard before or after, never between the checkout and the duty to remove it.
  const add = [...QUIET, "worktree", "add", "--detach", "--quiet", tree, commit];
  const { status, stderr, error } = spawnSync("git", add, { cwd: root, env: environment(), encoding: "utf8" });
  if (status !== 0) {
    remove();
    throw new VersionError(`--against ${ref}: git cannot check it out: ${error?.message ?? lastLine(stderr)}`);
  }
  return { project: join(tree, prefix), commit, remove };
}

/** Files of a folder that git knows or would add: what it is told to ignore is nobody's source. Sorted, relative to it. */
export async function sources(folder: string): Promise<string[]> {
  const listed = await git(folder, ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "."]);
  return [...new Set(listed.split("\0").filter((file) => file !== ""))].sort();
}

async function place(directory: string): Promise<[root: string, prefix: string]> {
  try {
    const answer = await git(directory, ["rev-parse", "--show-toplevel", "--show-prefix"]);
    const [root = "", prefix = ""] = answer.split("\n");
    return [root, prefix];
  } catch (error) {
    throw new VersionError(`--against needs a git repository around ${directory}: ${reason(error)}`);
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", [...args], { cwd, env: environment(), maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, "");
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !LOCAL.test(name)));
}

/** The last line of what git wrote; without it, that it cannot be started. */
function reason(error: unknown): string {
  const output = error instanceof Error && "stderr" in error ? lastLine(String(error.stderr)) : "";
  return output === "" && error instanceof Error ? error.message : output;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
