import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, type Process, runOrExit } from "../../../images/housekeeping/src/main";
import { programNamed } from "../../../images/housekeeping/src/programs";
import { startService } from "../../../images/housekeeping/src/service";
import { until, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const said = (words: string): boolean => fixture().lines.some((line) => line.includes(words));

describe("the process", () => {
  function fake(
    env: Record<string, string>,
  ): Process & { readonly statuses: number[]; readonly signals: Map<string, () => void> } {
    const statuses: number[] = [];
    const signals = new Map<string, () => void>();
    return {
      env,
      statuses,
      signals,
      once: (signal, listener) => signals.set(signal, listener),
      exit: (status) => statuses.push(status),
    };
  }

  test("is housekeeping unless its argument names another program", async () => {
    const process = fake({ CONFIG_FOLDER: fixture().folder });
    await runOrExit(process, fixture().log(), programNamed());
    expect(said("config.json: cannot be read")).toBe(true);
    expect(programNamed("backup")).not.toBe(programNamed("restore"));
    expect(() => programNamed("other")).toThrow(
      "other: must be housekeeping or backup or restore or check-configuration",
    );
  });

  test("reports every problem of the configuration and exits with status 2", async () => {
    fixture().write();
    writeFileSync(join(fixture().folder, "config.json"), "{}");
    writeFileSync(join(fixture().folder, "username"), "");
    const process = fake({ CONFIG_FOLDER: fixture().folder });
    await main(process, fixture().log(), startService);
    expect(process.statuses).toEqual([2]);
    expect(said("config.json: serverUrl")).toBe(true);
    expect(said("username: is empty")).toBe(true);
  });

  test("looks in /etc/gocd-housekeeping when nothing else is said", async () => {
    const process = fake({});
    await main(process, fixture().log(), startService);
    expect(process.statuses).toEqual([2]);
    expect(said("config.json: cannot be read (ENOENT)")).toBe(true);
  });

  test("exits with status 1 when its port is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, resolve));
    const process = fake({ CONFIG_FOLDER: fixture().write(), PORT: String((taken.address() as AddressInfo).port) });
    await main(process, fixture().log(), startService);
    expect(process.statuses).toEqual([1]);
    expect(said("cannot go on: listen EADDRINUSE")).toBe(true);
    taken.close();
  });

  test.each(["SIGTERM", "SIGINT"])("ends with status 0 on %s", async (signal) => {
    const process = fake({ CONFIG_FOLDER: fixture().write(), PORT: "0" });
    await main(process, fixture().log(), startService);
    process.signals.get(signal)?.();
    await until(() => process.statuses.length > 0);
    expect(process.statuses).toEqual([0]);
  });

  test("exits with status 1 when the loop itself fails, so that it is started again", async () => {
    const process = fake({});
    const start = () =>
      Promise.resolve({ port: 0, ended: Promise.reject(new Error("a bug")), stop: () => Promise.resolve() });
    await main(process, fixture().log(), start);
    await until(() => process.statuses.length > 0);
    expect(process.statuses).toEqual([1]);
  });

  test("fails as a whole when the loop meets what it cannot handle", async () => {
    let calls = 0;
    const options = {
      configFolder: fixture().write(),
      port: 0,
      log: fixture().log(),
      now: () => {
        calls += 1;
        if (calls > 1) throw new Error("no clock");
        return 0;
      },
    };
    const service = await startService(options);
    await expect(service.ended).rejects.toThrow("no clock");
    await expect(service.stop()).rejects.toThrow("no clock");
  });

  test("runs as a program and obeys SIGTERM half-way through a request", async () => {
    fixture().gocd.weather.delay = 60_000;
    const child = spawn(process.execPath, ["-r", "offline-preview/register", join("images/housekeeping/src/bin.ts")], {
      env: { ...process.env, CONFIG_FOLDER: fixture().write(), PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    child.stdout.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
    await until(() => lines.join("").includes("housekeeping has started"), 30_000);
    const ended = new Promise((resolve) =>
      child.once("exit", (status, signal) => {
        resolve([status, signal]);
      }),
    );
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(lines.join("")).toContain("housekeeping stops");
  }, 40_000);
});
