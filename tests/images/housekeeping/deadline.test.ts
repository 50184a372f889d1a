import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { z } from "zod";

import { Storage } from "../../../images/housekeeping/src/backup/storage";
import { Gocd } from "../../../images/housekeeping/src/gocd";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const silent = createServer(() => undefined);
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});

afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

const stop = new AbortController().signal;
const token = { get: () => Promise.resolve("token"), forget: () => undefined };

test.each<[string, () => Promise<unknown>]>([
  [
    "GoCD",
    () =>
      new Gocd({ url: `${url}/go`, username: "", password: "", timeoutSeconds: 0.3 }, stop).call({
        method: "GET",
        path: "/",
        version: 1,
        answer: z.object({}),
      }),
  ],
  [
    "the bucket",
    () =>
      new Storage({ url, bucket: "b", token, timeoutSeconds: 0.3, chunk: 1, tries: 0, pause: 1, stop }).find("object"),
  ],
])("a request that %s never answers is given up, also when Node collects garbage meanwhile", async (_whom, ask) => {
  const collecting = setInterval(collectGarbage, 100);
  try {
    // Whoever is not given up is waited for until the test's own time-out.
    expect(await ask().catch((error: unknown) => (error as { readonly failure: string }).failure)).toBe("slow");
  } finally {
    clearInterval(collecting);
  }
});
