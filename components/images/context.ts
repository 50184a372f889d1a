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
 * @returns what cannot be given its mode, and the mode: files of somebody else's. They do no harm but that of a rebuilt image.
 */
export function normaliseModes(folder: string, chmod: typeof chmodSync = chmodSync): string[] {
  const set = (path: string, wanted: number): string[] => {
    if ((statSync(path).mode & 0o777) === wanted) return [];
    try {
      chmod(path, wanted);
      return [];
    } catch {
      return [`chmod ${wanted.toString(8)} ${path}`];
    }
  };
  const inside = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : normaliseModes(path, chmod);
    return entry.isFile() ? set(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755) : [];
  });
  return [...set(folder, 0o755), ...inside];
}
