import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { z } from "zod";

import { listAgents } from "../../../images/housekeeping/src/agents";
import { type Failure, Gocd, GocdError } from "../../../images/housekeeping/src/gocd";
import { MINUTE, PASSWORD, USERNAME, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();

async function failure(gocd: Gocd): Promise<{ readonly failure: Failure; readonly message: string }> {
  const error: unknown = await listAgents(gocd).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(GocdError);
  const { failure: kind, message } = error as GocdError;
  expect(message).not.toContain(PASSWORD);
  return { failure: kind, message };
}

describe("asking GoCD", () => {
  test.each<[string, number, string, Failure, string]>([
    [
      "a backup",
      503,
      '{"message":"Server is under maintenance mode, please try later."}',
      "unavailable",
      "maintenance",
    ],
    ["its own error", 500, '{"error":"boom"}', "broken", "500"],
    ["a wrong log-in", 401, '{"message":"Invalid credentials."}', "forbidden", "Invalid credentials"],
    ["a log-in that is not an administrator's", 403, '{"message":"You are not authorized"}', "forbidden", "403"],
    [
      "another version, in text",
      404,
      "The url you are trying to reach appears to be incorrect.",
      "version",
      "version 7",
    ],
    ["another version, as other servers say it", 406, "", "version", "406"],
    ["a thing that is gone", 404, '{"message":"Agent uuid \'x\' was not found!"}', "missing", "not found"],
    ["somebody else's change", 412, '{"message":"Someone has modified the entity."}', "stale", "modified"],
    ["a request that is wrong", 422, '{"message":["no text"]}', "refused", "422"],
    ["a redirection", 302, "", "unreadable", "302"],
    ["a page of a proxy", 200, "<html>", "unreadable", "not JSON"],
    ["JSON of another shape", 200, '{"_embedded":{}}', "unreadable", "_embedded.agents"],
  ])("tells %s (%i)", async (_what, status, body, kind, words) => {
    Object.assign(fixture().gocd.weather, { status, body });
    const told = await failure(fixture().client());
    expect(told.failure).toBe(kind);
    expect(told.message).toContain(words);
  });

  test("gives up when GoCD is slow", async () => {
    fixture().gocd.weather.delay = 2_000;
    expect(await failure(fixture().client({ timeoutSeconds: 0.05 }))).toEqual({
      failure: "slow",
      message: "GET /api/agents: no answer within 0.05 s",
    });
  });

  test("gives up when the answer begins in time and does not end", async () => {
    const server = createServer((_request, response) => response.write("{"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/go`;
    expect((await failure(fixture().client({ url, timeoutSeconds: 0.05 }))).failure).toBe("slow");
    server.closeAllConnections();
    server.close();
  });

  test("says that GoCD is down, and how", async () => {
    await fixture().gocd.stop();
    expect(await failure(fixture().client())).toEqual({
      failure: "unreachable",
      message: "GET /api/agents: ECONNREFUSED",
    });
    await fixture().gocd.start();
  });

  test("says that a connection broke", async () => {
    fixture().gocd.weather.dieAfter = 0;
    expect((await failure(fixture().client())).failure).toBe("unreachable");
  });

  test("does not mind an error without a code", async () => {
    const told = await failure(fixture().client({ url: "http://127.0.0.1:1/go" })); // a port that fetch refuses
    expect(told.message).toBe("GET /api/agents: the connection failed");
  });

  test("abandons a request when the service stops", async () => {
    fixture().gocd.weather.delay = 60_000;
    const stop = new AbortController();
    const told = failure(fixture().client({}, stop.signal));
    stop.abort();
    expect((await told).failure).toBe("stopped");
  });

  describe("with one log-in", () => {
    const logIns = () => fixture().gocd.sessions.logIns;

    test("asks for everything in the session that it began", async () => {
      const gocd = fixture().client();
      for (let request = 0; request < 5; request += 1) await listAgents(gocd);
      expect(logIns()).toBe(1);
    });

    test("begins another session when the server has forgotten it, or it was silent for too long", async () => {
      const gocd = fixture().client();
      await listAgents(gocd);
      fixture().gocd.restart();
      await listAgents(gocd);
      await listAgents(gocd);
      expect(logIns()).toBe(2);
      fixture().time += 10 * MINUTE;
      await listAgents(gocd);
      expect(logIns()).toBe(3);
    });

    test("leaves a session that is refused, and logs in once more before it gives up", async () => {
      const gocd = fixture().client();
      await listAgents(gocd);
      const before = fixture().gocd.requests.length;
      fixture().gocd.weather.status = 401;
      expect((await failure(gocd)).failure).toBe("forbidden");
      expect(fixture().gocd.requests).toHaveLength(before + 2);
      fixture().gocd.fairWeather();
      await listAgents(gocd);
      expect(logIns()).toBe(2);
    });

    test("does not try a password twice that was refused", async () => {
      expect((await failure(fixture().client({ password: "wrong" }))).failure).toBe("forbidden");
      expect(logIns()).toBe(1);
    });
  });

  test("does not follow a redirection with its log-in", async () => {
    let asked = 0;
    const elsewhere = createServer((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const server = createServer((_request, response) => {
      response.writeHead(307, { Location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/go`;
    const gocd = new Gocd(
      { url, username: USERNAME, password: PASSWORD, timeoutSeconds: 5 },
      new AbortController().signal,
    );
    const call = gocd.call({ method: "GET", path: "/x", version: 1, answer: z.object({}) });
    const told: unknown = await call.catch((problem: unknown) => problem);
    for (const one of [server, elsewhere]) {
      one.closeAllConnections();
      one.close();
    }
    expect(String(told)).toContain("307 in place of an answer");
    expect(asked).toBe(0);
  });
});
