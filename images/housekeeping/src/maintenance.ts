import { z } from "zod";

import { GocdError, type Gocd } from "./gocd";

const info = z.object({ is_maintenance_mode: z.boolean() });

/**
 * Whether a person has put GoCD into maintenance mode. It then answers what is asked and refuses every change with 503, which
 * looks like a backup, and is one line in its log each time: so this is asked before a change. A GoCD that does not tell is
 * taken to be in none.
 */
export async function isInMaintenance(gocd: Gocd): Promise<boolean> {
  const path = "/api/admin/maintenance_mode/info";
  try {
    return (await gocd.call({ method: "GET", path, version: 1, answer: info })).value.is_maintenance_mode;
  } catch (error) {
    if (error instanceof GocdError && !error.concernsWholeServer) return false;
    throw error;
  }
}
