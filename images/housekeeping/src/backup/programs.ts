import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import type { Logger } from "../log";
import type { Process } from "../main";
import { backupMetrics } from "./metrics";
import { restoreOptions, storageOf, uploadOptions } from "./options";
import { restore } from "./restore";
import { lookForBackups } from "./upload";

/**
 * The sidecar of the server: stores backups as they are handed over, until it is told to stop. Its port answers `GET /metrics`,
 * and `GET /healthz` with 503 when the last look failed: then Kubernetes makes an event of it.
 *
 * @throws ConfigError when an environment variable is not valid.
 */
export async function runBackup(from: Process, log: Logger): Promise<void> {
  const options = uploadOptions(from.env);
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    from.once(signal, () => {
      stopping.abort();
    });
  const metrics = backupMetrics();
  let failure: string | undefined;
  const server = createServer((request, response) => {
    request.resume();
    void metrics.registry.metrics().then((shown) => {
      const answers = new Map<string | undefined, readonly [status: number, text: string]>([
        ["/metrics", [200, shown]],
        ["/healthz", failure === undefined ? [200, "ok"] : [503, `backup failed: ${failure}`]],
      ]);
      const [status, text] = answers.get(request.url) ?? [404, ""];
      response.writeHead(status, { "Content-Type": metrics.registry.contentType });
      response.end(text);
    });
  });
  await once(server.listen(options.PORT), "listening");
  const { port } = server.address() as AddressInfo;
  log.info({ port, bucket: options.BACKUP_BUCKET, folder: options.BACKUP_FOLDER }, "waiting for backups");
  const tools = {
    folder: options.BACKUP_FOLDER,
    prefix: options.BACKUP_PREFIX,
    keepLocal: options.KEEP_LOCAL,
    storage: storageOf(options, stopping.signal),
    log,
    metrics,
  };
  while (!stopping.signal.aborted) {
    failure = await lookForBackups(tools);
    const pause = wait(options.INTERVAL_SECONDS * 1000, undefined, { signal: stopping.signal });
    await pause.catch(() => undefined); // stopped
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  from.exit(0);
}

/**
 * The init step of the server: restores the backup that is named, or finds that there is nothing to do.
 *
 * @throws ConfigError, RestoreError or StorageError: then the server must not start.
 */
export async function runRestore(from: Process, log: Logger): Promise<void> {
  const options = restoreOptions(from.env);
  const stopping = new AbortController();
  from.once("SIGTERM", () => {
    stopping.abort();
  });
  await restore({
    name: options.RESTORE_NAME,
    data: options.DATA_FOLDER,
    prefix: options.BACKUP_PREFIX,
    version: options.GOCD_VERSION,
    seed: options.SEED_FOLDER,
    otherServer: options.OTHER_SERVER,
    storage: storageOf(options, stopping.signal),
    log,
  });
  from.exit(0);
}
