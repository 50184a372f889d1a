import { z } from "zod";

import { GocdError, ifKnown, type Gocd } from "../gocd";

/** Which plugin reads a thing, and the names of what it is told. */
export interface UsedPlugin {
  readonly id: string;
  readonly properties: readonly string[];
}

const PLUGINS = { path: "/api/admin/plugin_info", version: 7 } as const;
const settings = z.object({ configurations: z.array(z.object({ key: z.string() })) }).optional();
const plugin = z.object({
  extensions: z.array(z.object({ auth_config_settings: settings, secret_config_settings: settings })),
});

/**
 * Refuses a property that the plugin does not have. GoCD takes any, and plugins leave out what they do not know: a misspelled list of
 * domains, or of organizations, would let everybody in.
 */
export async function checkProperties(gocd: Gocd, { id, properties }: UsedPlugin): Promise<void> {
  const call = { ...PLUGINS, path: `${PLUGINS.path}/${id}`, method: "GET", answer: plugin } as const;
  const found = await ifKnown(() => gocd.call(call));
  if (found === undefined) throw new GocdError("refused", `GoCD has no plugin ${id}`);
  const known = found.value.extensions
    .flatMap((extension) => [extension.auth_config_settings, extension.secret_config_settings])
    .flatMap((part) => part?.configurations.map(({ key }) => key) ?? []);
  const unknown = properties.filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const has = known.length > 0 ? `it has ${known.join(", ")}` : "it has none";
  throw new GocdError("refused", `${unknown.join(", ")}: no property of ${id}; ${has}`);
}
