import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { httpServer } from "../../../images/housekeeping/src/http";
import { logger } from "../../../images/housekeeping/src/log";
import { metrics } from "../../../images/housekeeping/src/metrics";
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
