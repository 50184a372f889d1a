import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { isItsPod, systemLookup } from "../../images/housekeeping/src/address";
import type { Agent } from "../../images/housekeeping/src/agents";
import { httpServer } from "../../images/housekeeping/src/http";
import { logger } from "../../images/housekeeping/src/log";
import type { Process } from "../../images/housekeeping/src/main";
import { main, runOrExit } from "../../images/housekeeping/src/main";
import { metrics } from "../../images/housekeeping/src/metrics";
import { programNamed } from "../../images/housekeeping/src/programs";
import { startService } from "../../images/housekeeping/src/service";
import { MINUTE, PASSWORD, TOKEN_KEY, until, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const said = (words: string): boolean => fixture().lines.some((line) => line.includes(words));
const enabled = (agent: { readonly uuid: string }): Promise<boolean> =>
  until(async () => (await fixture().agent(agent.uuid))?.agent_config_state === "Enabled");
const text = async (url: string): Promise<string> => (await fetch(url)).text();

describe("the loop", () => {
  test("approves an agent that comes within moments", async () => {
    fixture().settings = { intervalSeconds: 0.02 };
    const docker = fixture().expect("docker-0");
    await fixture().service();
    await fixture().register(docker);
    expect(await enabled(docker)).toBe(true);
  });

  test("learns of a new agent without being restarted", async () => {
    fixture().settings = { intervalSeconds: 0.02 };
    await fixture().service();
    const docker = fixture().expect("docker-0");
    await fixture().register(docker);
    fixture().write();
    await until(() => said("the configuration has changed"));
    expect(await enabled(docker)).toBe(true);
  });

  test("goes on with the last valid configuration when a changed one is not valid, and says so", async () => {
    fixture().settings = { intervalSeconds: 0.02 };
    const docker = fixture().expect("docker-0");
    const { url } = await fixture().service();
    writeFileSync(join(fixture().folder, "agents.json"), "[{");
    await until(() => said("agents.json: is not JSON"));
    expect(await text(`${url}/metrics`)).toContain("gocd_housekeeping_config_valid 0");
    await fixture().register(docker);
    expect(await enabled(docker)).toBe(true);
  });

  test("warns when agents are approved without a look at their address", async () => {
    fixture().settings = { intervalSeconds: 3600 };
    await fixture().service();
    expect(said("no agentsDomain is set")).toBe(true);
    fixture().lines.length = 0;
    fixture().settings = { intervalSeconds: 3600, agentsDomain: "gocd-dev-agents.svc" };
    await fixture().service();
    expect(said("no agentsDomain is set")).toBe(false);
  });
});

describe("a managed setting that is not valid", () => {
  const bad = { managed: { siteUrl: "ftp://x", environments: ["docker"], surprise: 1 } };

  test("costs no agent its approval, from the start on, and the other settings are applied", async () => {
    fixture().settings = { intervalSeconds: 0.02, ...bad };
    const docker = fixture().expect("docker-0");
    const { url } = await fixture().service();
    await fixture().register(docker);
    expect(await enabled(docker)).toBe(true);
    await until(() => fixture().gocd.configuration.state.environments.some(({ name }) => name === "docker"));
    expect(said("managed: siteUrl: an http or https URL")).toBe(true);
    expect(said('managed: Unrecognized key: \\"surprise\\"')).toBe(true);
    expect(await text(`${url}/metrics`)).toContain("gocd_housekeeping_config_valid 0");
  });

  test("is in force as soon as it has been corrected", async () => {
    fixture().settings = { intervalSeconds: 0.02, ...bad };
    const { url } = await fixture().service();
    await until(async () => (await fetch(`${url}/readyz`, { redirect: "manual" })).status === 307);
    fixture().settings = { intervalSeconds: 0.02, managed: { siteUrl: "http://ci.example.com" } };
    fixture().write();
    await until(async () => (await fetch(`${url}/readyz`, { redirect: "manual" })).status === 200);
    expect(fixture().gocd.configuration.state.siteUrl).toBe("http://ci.example.com");
  });
});

describe("what it costs the server", () => {
  test("is one log-in, however often it asks and whoever drains", async () => {
    const docker = await fixture().running("docker-0");
    fixture().gocd.sessions.logIns = 0;
    fixture().settings = { intervalSeconds: 0.02 };
    const { url } = await fixture().service();
    const headers = { Authorization: `Bearer ${docker.token}` };
    await fetch(`${url}/drain/${docker.uuid}`, { method: "POST", headers });
    const asked = fixture().gocd.requests.length;
    await until(() => fixture().gocd.requests.length > asked + 20);
    expect(fixture().gocd.sessions.logIns).toBe(1);
  });
});

describe("being stopped", () => {
  test("abandons a request that hangs", async () => {
    fixture().settings = { intervalSeconds: 0.02, requestTimeoutSeconds: 60 };
    fixture().gocd.weather.delay = 60_000;
    const { service, url } = await fixture().service();
    const docker = await fetch(`${url}/healthz`);
    await docker.text();
    await service.stop();
    expect(said("given up, housekeeping stops")).toBe(true);
  });

  test("half-way through a reconciliation leaves nothing that the next start does not finish", async () => {
    const agents = ["docker-0", "docker-1", "docker-2"].map((hostname) => fixture().expect(hostname));
    for (const one of agents) await fixture().register(one);
    const stop = new AbortController();
    const change = fixture().gocd.agents.bulkUpdate.bind(fixture().gocd.agents);
    const spy = jest.spyOn(fixture().gocd.agents, "bulkUpdate").mockImplementation((update, remotely) => {
      change(update, remotely); // GoCD does it, and nobody hears the answer
      stop.abort();
    });
    const line = await fixture().reconciler().reconcile(fixture().client({}, stop.signal));
    expect(line.approved).toEqual([]);
    expect(line.failures).toEqual([expect.stringContaining("stopped")]);
    spy.mockRestore();
    expect((await fixture().reconciler().reconcile()).approved).toEqual(["docker-1", "docker-2"]);
    expect((await fixture().reconciler().reconcile()).msg).toBe("reconcile: nothing to do");
  });
});

describe("what it shows", () => {
  test("is healthy while GoCD is away, and not when its own reconciliations no longer end", async () => {
    fixture().settings = { intervalSeconds: 3600 };
    const { url } = await fixture().service();
    await until(() => said("reconcile:"));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    fixture().gocd.weather.status = 503;
    fixture().time += 60 * MINUTE;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    fixture().time += 600 * MINUTE;
    const response = await fetch(`${url}/healthz`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: "unhealthy", problem: "no reconciliation has ended for too long" },
    ]);
  });

  test("is ready while GoCD refuses a setting, and sends the kubelet's probe away with the reason, which becomes an event", async () => {
    fixture().settings = {
      intervalSeconds: 3600,
      managed: { environments: ["docker"], backup: { schedule: "0 0 2 * * ", postBackupScript: "/x" } },
    };
    const { url } = await fixture().service();
    await until(() => said('"seconds"'));
    const response = await fetch(`${url}/readyz`, { redirect: "manual" });
    expect(response.status).toBe(307);
    // Another host: the kubelet does not follow, takes the probe for a success, and reports the body.
    expect(new URL(response.headers.get("location") ?? "").hostname).toBe("setting-refused.invalid");
    expect(await response.text()).toBe("managed: backup: schedule: a Quartz expression of six or seven fields");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await text(`${url}/metrics`)).toContain("gocd_housekeeping_settings_refused 1");
  });

  test("is ready as it is healthy while no setting is refused", async () => {
    fixture().settings = { intervalSeconds: 3600 };
    const { url } = await fixture().service();
    await until(() => said('"seconds"'));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    fixture().time += 601 * MINUTE;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  test("counts reconciliations, errors, approvals, agents, disk and the last success", async () => {
    await fixture().running("docker-0");
    fixture().expect("docker-1");
    await fixture().register({ ...fixture().expect("other-0"), uuid: "not-expected" });
    fixture().lines.length = 0;
    const { url } = await fixture().service();
    await until(() => said('"seconds"'));
    const shown = await text(`${url}/metrics?x=1`);
    for (const line of [
      'gocd_housekeeping_reconcile_total{result="success"} 1',
      'gocd_housekeeping_agent_changes_total{kind="approve"} 0',
      'gocd_housekeeping_agents{owner="ours",state="Idle",config="Enabled"} 1',
      "gocd_housekeeping_agents_missing 2",
      `gocd_housekeeping_agent_free_disk_bytes{hostname="docker-0"} ${50 * 1024 ** 3}`,
      `gocd_housekeeping_last_success_timestamp_seconds ${fixture().time / 1000}`,
      "gocd_housekeeping_config_valid 1",
    ])
      expect(shown).toContain(line);
  });

  test("knows no other page", async () => {
    const { url } = await fixture().service();
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/drain/x`, { method: "POST" })).status).toBe(404);
  });

  test("answers that something failed, and not what, when a request meets a bug", async () => {
    const gocd = (): never => {
      throw new Error("a bug");
    };
    const drains = { authenticates: () => true } as never;
    const [unhealthy, refused] = [() => undefined, () => []];
    const server = httpServer({ drains, gocd, metrics: metrics(), log: fixture().log(), unhealthy, refused });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await fetch(`${url}/drain/${"0".repeat(36)}`, { method: "POST" });
    expect([response.status, await response.json()]).toEqual([500, { error: "internal error" }]);
    expect(said("a bug")).toBe(true);
    server.closeAllConnections();
    server.close();
  });

  test("never shows a secret, whatever happens", async () => {
    const docker = await fixture().running("docker-0");
    fixture().settings = { intervalSeconds: 0.02, requestTimeoutSeconds: 0.05 };
    const { url } = await fixture().service();
    const headers = { Authorization: `Bearer ${docker.token}` };
    const seen: string[] = [];
    for (const weather of [{}, { status: 500, body: "boom" }, { status: 401 }, { delay: 200 }, { dieAfter: 0 }]) {
      Object.assign(fixture().gocd.weather, weather);
      for (const method of ["POST", "DELETE"])
        seen.push(await (await fetch(`${url}/drain/${docker.uuid}`, { method, headers })).text());
      fixture().gocd.fairWeather();
    }
    writeFileSync(join(fixture().folder, "agents.json"), `[{"token":"${docker.token}"}`);
    await until(() => said("is not JSON"));
    seen.push(await text(`${url}/metrics`), ...fixture().lines);
    fixture()
      .log()
      .info({ password: PASSWORD, agent: { token: docker.token } }, "somebody logs too much");
    seen.push(...fixture().lines);
    const basic = Buffer.from(`housekeeping:${PASSWORD}`).toString("base64");
    for (const secret of [PASSWORD, docker.token, basic, TOKEN_KEY]) expect(seen.join("\n")).not.toContain(secret);
    expect(await text(`${url}/metrics`)).not.toContain(docker.uuid);
  });

  test("logs to standard output unless it is told otherwise", () => {
    expect(logger().level).toBe("info");
  });
});

describe("the address of an agent", () => {
  const pendingAgent = (hostname: string, address: string) => ({ hostname, ip_address: address }) as Agent;
  const docker = () => fixture().expect("localhost", { pool: "x" });

  test("is found by the system's resolver", async () => {
    expect(await systemLookup("localhost")).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.|::1)/)]));
  });

  test("may be written as an IPv4 address in IPv6, and the name may be a full one", async () => {
    const find = () => Promise.resolve(["10.0.0.1"]);
    expect(
      await isItsPod(pendingAgent("localhost.x.agents.svc", "::ffff:10.0.0.1"), docker(), "agents.svc", find),
    ).toBe(true);
  });

  test("is not waited for when the resolver hangs", async () => {
    jest.useFakeTimers();
    const answer = isItsPod(
      pendingAgent("localhost", "10.0.0.1"),
      docker(),
      "agents.svc",
      () => new Promise(() => undefined),
    );
    await jest.advanceTimersByTimeAsync(3_000);
    jest.useRealTimers();
    expect(await answer).toBe(false);
  });
});

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
    expect(() => programNamed("other")).toThrow("other: must be housekeeping or backup or restore");
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
    const child = spawn(process.execPath, ["-r", "@swc-node/register", join("images/housekeeping/src/bin.ts")], {
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
