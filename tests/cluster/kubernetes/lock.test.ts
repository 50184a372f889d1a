import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterOthers, withLock } from "./lock";

const temporary = mkdtempSync(path.join(tmpdir(), "lock-"));
const file = path.join(temporary, "folder", "lock");

beforeAll(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});

afterAll(() => {
  jest.restoreAllMocks();
  rmSync(temporary, { recursive: true });
});

const events = new EventEmitter();

afterEach(() => {
  // Also where a test has failed: a lock that is held keeps Jest from ending.
  events.emit("end");
});

/** Work that goes on until it is told to end. */
function work() {
  const [begun, end] = [once(events, "begun"), once(events, "end")];
  const run = async () => {
    events.emit("begun");
    await end;
  };
  return { run, begun };
}

// flock is a program of Linux's.
(process.platform === "linux" ? describe : describe.skip)("work under a lock", () => {
  test("is refused while other work has the lock, which is named by its process", async () => {
    const { run, begun } = work();
    const first = withLock(file, run);
    await begun;
    await expect(withLock(file, () => Promise.resolve())).rejects.toThrow(
      `another run is under way: process ${process.pid}`,
    );
    events.emit("end");
    await first;
    await expect(withLock(file, () => Promise.resolve("done"))).resolves.toBe("done");
  });

  test("waits, where it may, until other work has ended, also badly", async () => {
    const order: string[] = [];
    const { run, begun } = work();
    const first = withLock(file, async () => {
      await run();
      order.push("first");
      throw new Error("it broke");
    }).catch((error: unknown) => order.push(String(error)));
    await begun;
    const second = afterOthers(file, () => Promise.resolve(order.push("second")));
    events.emit("end");
    await Promise.all([first, second]);
    expect(order[0]).toBe("first");
    expect(order).toContain("Error: it broke");
    expect(order).toContain("second");
  });

  test("finds the lock free when the process that had it was killed", async () => {
    const script = `require(${JSON.stringify(path.join(__dirname, "lock.ts"))}).withLock(process.argv[1], () => {
      console.log("begun");
      return new Promise(() => setInterval(() => undefined, 1000));
    })`;
    const child = spawn(process.execPath, ["-r", "offline-preview/register", "-e", script, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    await expect(afterOthers(file, () => Promise.resolve("done"))).resolves.toBe("done");
  });
});
