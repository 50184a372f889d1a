import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "../../../preview/base/packages";

/** A registry that takes requests and answers none, as behind a name server that is gone. */
let registry: Server;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "packages-"));
  registry = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    registry.listen(0, "127.0.0.1", resolve);
  });
});
afterEach(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(folder, { recursive: true });
});

test("a registry that does not answer is given up with a line, and the packages that are here serve", async () => {
  const [here, base] = [join(folder, "here"), join(folder, "base")];
  mkdirSync(join(here, "node_modules"), { recursive: true });
  mkdirSync(base);
  writeFileSync(join(base, "package.json"), JSON.stringify({ name: "base", dependencies: { other: "1.0.0" } }));
  const lock = { "": { dependencies: { other: "1.0.0" } }, "node_modules/other": { version: "1.0.0" } };
  writeFileSync(join(base, "package-lock.json"), JSON.stringify({ name: "base", lockfileVersion: 3, packages: lock }));
  writeFileSync(join(base, ".npmrc"), `registry=http://127.0.0.1:${(registry.address() as AddressInfo).port}/\n`);
  const lines: string[] = [];
  await packages(here, base, (line) => lines.push(line), 2).done;
  expect(lines.at(-1)).toBe(
    "npm ci of the base version took longer than 2 seconds; going on with the packages that are installed here",
  );
  expect(readlinkSync(join(base, "node_modules"))).toBe(join(here, "node_modules"));
});
