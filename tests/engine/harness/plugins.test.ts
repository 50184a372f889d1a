import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { installPlugins, originsLine, PROVIDERS_PORT, providerVersion, type Plugin } from "./plugins";

const folder = mkdtempSync(path.join(tmpdir(), "plugins-"));
/** Answers whatever is asked for with a port, as a project's process does. */
const providers = createServer((socket) => socket.on("data", () => socket.write("4242\n")));

beforeAll(async () => {
  installPlugins(folder, "nowhere", {}, ["gcp"]);
  providers.listen(0, "127.0.0.1");
  await once(providers, "listening");
});

afterAll(() => {
  providers.close();
  rmSync(folder, { recursive: true });
});

test("a plug-in whose provider is loaded already tells its port, and leaves no process when the engine interrupts it", async () => {
  const { port } = providers.address() as { readonly port: number };
  const child = spawn(path.join(folder, `resource-gcp-v${providerVersion("gcp")}`, "pulumi-resource-gcp"), [], {
    env: { ...process.env, [PROVIDERS_PORT]: String(port) },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const group = -(child.pid ?? 0);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  expect(line).toBe("4242");
  process.kill(group, "SIGINT");
  await once(child, "exit");
  expect(() => process.kill(group, 0)).toThrow("ESRCH");
});

test("a plug-in that is installed has a folder of its own, since the CLI passes over links, with the files that are installed", () => {
  const home = path.join(folder, "home");
  const name = `resource-random-v${providerVersion("random")}`;
  mkdirSync(path.join(home, "plugins", name), { recursive: true });
  writeFileSync(path.join(home, "plugins", name, "pulumi-resource-random"), "installed");
  const before = process.env["PULUMI_HOME"];
  process.env["PULUMI_HOME"] = home;
  const target = path.join(folder, "of-installed");
  const plugins = installPlugins(target, "nowhere", {});
  process.env["PULUMI_HOME"] = before ?? "";
  if (before === undefined) delete process.env["PULUMI_HOME"];
  expect(plugins.find(({ origin }) => origin === "installed")?.name).toBe("provider random");
  expect(lstatSync(path.join(target, name)).isDirectory()).toBe(true);
  expect(readFileSync(path.join(target, name, "pulumi-resource-random"), "utf8")).toBe("installed");
});

test("what was real and what stood in is told in one line for each place, without what there was none of", () => {
  const cli: Plugin = { name: "CLI", origin: "built" };
  const host: Plugin = { name: "host", origin: "stand-in" };
  expect(originsLine("on the cluster", [cli, host])).toBe(
    "on the cluster: real, built from Go modules: CLI; stand-ins: host",
  );
  expect(originsLine("on GitHub", [{ ...cli, origin: "installed" }])).toBe("on GitHub: real, installed here: CLI");
});
