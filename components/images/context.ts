import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What installing and building leave; no image copies it (`.dockerignore`). */
const NOT_SOURCES: ReadonlySet<string> = new Set(["node_modules", "dist"]);

/**
 * Gives the files of an image's folder the modes that a checkout under umask 022 has. Git keeps of a mode only whether the
 * owner may execute the file; the rest comes from the umask of whoever checked it out. Docker copies modes into the image, and
 * Pulumi's provider makes them part of the digest by which it knows whether to build: a colleague with another umask would build
 * other images of the same files, and with them restart server and agents.
 *
 * @throws Error naming the first file that somebody else must be asked about.
 */
export function normaliseModes(folder: string): void {
  setMode(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_SOURCES.has(entry.name)) normaliseModes(path);
    if (entry.isFile()) setMode(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function setMode(path: string, wanted: number): void {
  const found = statSync(path).mode & 0o777;
  if (found === wanted) return;
  try {
    chmodSync(path, wanted);
  } catch {
    const [is, must] = [found, wanted].map((mode) => mode.toString(8).padStart(3, "0"));
    throw new Error(
      `${path} has mode ${is} and cannot be given mode ${must}, with which images are built: chmod ${must} it as its owner`,
    );
  }
}
