import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  DOMParser,
  onWarningStopParsing,
  type Document,
  type Element,
  type Node,
  type ParseError,
} from "@xmldom/xmldom";

import type { Logger } from "./log";
import type { Process } from "./main";

/** The elements that GoCD asks for a log-in by: `SecurityConfig.isSecurityEnabled`. */
const LOG_IN = ["cruise", "server", "security", "authConfigs", "authConfig"];

/** Plugins that let somebody in without a log-in, as settings/plugins.ts has them. */
export const WITHOUT_LOGIN: readonly string[] = ["cd.go.contrib.authorization.guest", "tls-auth"];

/**
 * The init step between the clone of a configuration repository and the server: see `noteLogIn`. `CONFIGURATION_FOLDER` (default
 * `/godata/config`) exists for tests.
 *
 * @throws Error then the server must not start.
 */
export async function checkConfiguration(from: Process, log: Logger): Promise<void> {
  if (await noteLogIn(from.env["CONFIGURATION_FOLDER"] ?? "/godata/config"))
    log.info("with the configuration from the repository GoCD asks for a log-in");
  from.exit(0);
}

/**
 * Notes the checksum of a configuration that was cloned, without which images/server/hooks/10-first-boot does not install it, if
 * GoCD asks for a log-in with it. Where nothing was cloned there is nothing to do.
 *
 * @throws Error when it is no XML, or GoCD would be open to everybody.
 */
async function noteLogIn(folder: string): Promise<boolean> {
  const checked = join(folder, ".checked");
  await rm(checked, { force: true });
  const content = await contentOf(join(folder, ".clone/cruise-config.xml"));
  if (content === undefined) return false;
  // A decoder takes away the byte order mark, which is no XML.
  if (!asksForLogIn(new TextDecoder().decode(content)))
    throw new Error(
      `the cruise-config.xml of the configuration repository has no <authConfig> in <${LOG_IN.slice(0, -1).join("> <")}>, ` +
        `or one of ${WITHOUT_LOGIN.join(" or ")}, which ask for no log-in: GoCD would start open to everybody`,
    );
  await writeFile(checked, createHash("sha256").update(content).digest("hex"), { mode: 0o600 });
  return true;
}

/**
 * Whether GoCD asks for a log-in with this configuration. Only elements count: no comment, character data or processing instruction.
 *
 * @throws Error with the line where it is no XML, and nothing of its content.
 */
export function asksForLogIn(xml: string): boolean {
  let found: readonly Node[] = [parsed(xml)];
  for (const name of LOG_IN)
    found = found.flatMap(({ childNodes }) => Array.from(childNodes)).filter(({ nodeName }) => nodeName === name);
  const plugins = found.map((authConfig) => (authConfig as Element).getAttribute("pluginId") ?? "");
  return plugins.length > 0 && !plugins.some((plugin) => WITHOUT_LOGIN.includes(plugin));
}

function parsed(xml: string): Document {
  try {
    return new DOMParser({ onError: onWarningStopParsing }).parseFromString(xml, "text/xml");
  } catch (error) {
    const { lineNumber } = (error as ParseError).locator as { readonly lineNumber: number };
    // eslint-disable-next-line preserve-caught-error -- the parser quotes the text, which may hold secrets
    throw new Error(
      `the cruise-config.xml of the configuration repository is no XML that can be read: line ${lineNumber}`,
    );
  }
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
