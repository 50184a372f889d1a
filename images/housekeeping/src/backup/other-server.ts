import { WITHOUT_LOGIN } from "../check-configuration";

/**
 * A person's word that a backup may come from another server, and what becomes of that server's keys.
 * - `replace-keys`: this stack's take their place
 * - `adopt-keys`: this stack has been given them
 */
export type OtherServer = "replace-keys" | "adopt-keys";

/** The first boot's hook puts the stack's keys in place of those that this file names (images/server/hooks/10-first-boot). */
export const KEYS_TO_REPLACE = {
  file: ".keys-after-migration",
  text: "serverId tokenGenerationKey webhookSecret agentAutoRegisterKey ",
};

/** Where a server that was installed as a package keeps its configuration, and where this one does. */
const PACKAGE_CONFIG = "/etc/go/";
const CONFIG = "/godata/config/";

/** The same text with blanks for what is no element: comments, character data, processing instructions. */
function masked(xml: string): string {
  return xml.replace(/<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)/g, (text) =>
    " ".repeat(text.length),
  );
}

/** A key of a server, such as `tokenGenerationKey`, by the configuration's XML. */
export function keyIn(xml: string, name: string): string | undefined {
  const tag = /<server(?:\s[^>]*)?>/.exec(masked(xml))?.[0] ?? "";
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
}

/** A plugin in a configuration that lets somebody in without a log-in. */
export function openingPlugin(xml: string): string | undefined {
  const plugins = [...masked(xml).matchAll(/<authConfig\s[^>]*\bpluginId=["']([^"']*)/g)].map(([, id]) => String(id));
  return plugins.find((id) => WITHOUT_LOGIN.includes(id));
}

/**
 * A configuration of any server, with the log-in and the administrators of the seed beside its own, and without the paths of
 * another machine. It is edited as text: the rest stays as it is, to the letter.
 */
export function adapted(xml: string, seed: string): string {
  const passwordFile = passwordFileIn(seed);
  let config = xml
    .replace(/(<artifactsDir>)[^<]*/g, "$1artifacts")
    .replace(/(<server(?:\s[^>]*)?\sartifactsdir=")[^"]*/, "$1artifacts")
    .replaceAll(`<value>${PACKAGE_CONFIG}`, `<value>${CONFIG}`);
  const authConfigs = opened(config, ["cruise", "server", "security", "authConfigs"]);
  if (!authConfigs.inside.includes(`<value>${passwordFile}</value>`)) {
    const id = /\sid="passwords"/.test(authConfigs.inside) ? "stack-passwords" : "passwords";
    const property = `<property><key>PasswordFilePath</key><value>${passwordFile}</value></property>`;
    const login = `<authConfig id="${id}" pluginId="cd.go.authentication.passwordfile">${property}</authConfig>`;
    config = inserted(authConfigs, login);
  }
  for (const user of adminsIn(seed)) {
    const admins = opened(config, ["cruise", "server", "security", "admins"]);
    if (!admins.inside.toLowerCase().includes(`<user>${user}</user>`))
      config = inserted(admins, `<user>${user}</user>`);
  }
  return config;
}

const passwordFileIn = (seed: string): string =>
  [...seed.matchAll(/<key>PasswordFilePath<\/key>\s*<value>([^<]*)<\/value>/g)]
    .map(([, file]) => String(file))
    .join("");

const adminsIn = (seed: string): string[] =>
  [...opened(seed, ["cruise", "server", "security", "admins"]).inside.matchAll(/<user>([^<]*)<\/user>/g)].map(
    ([, name]) => String(name),
  );

/** A document in which an element is there, with what is inside of it and where that begins. */
interface Opened {
  readonly xml: string;
  readonly at: number;
  /** Without comments and the like. */
  readonly inside: string;
}

const inserted = ({ xml, at }: Opened, text: string): string => xml.slice(0, at) + text + xml.slice(at);

/** Makes what is missing of a path of elements. Their order is free (`xsd:all` in GoCD's schema). */
function opened(document: string, path: readonly string[]): Opened {
  let xml = document;
  let at = 0;
  let end = xml.length;
  for (const name of path) {
    const scope = masked(xml).slice(at, end);
    const tag = new RegExp(`<${name}(?:\\s[^>]*?)?(/?)>`).exec(scope);
    const length = xml.length;
    if (tag === null) xml = `${xml.slice(0, at)}<${name}></${name}>${xml.slice(at)}`;
    else if (tag[1] === "/") {
      const slash = at + tag.index + tag[0].length - 2;
      xml = `${xml.slice(0, slash)}></${name}>${xml.slice(slash + 2)}`;
    }
    const now = masked(xml).slice(at, end + xml.length - length);
    const open = new RegExp(`<${name}(?:\\s[^>]*?)?>`).exec(now) as RegExpExecArray;
    const start = open.index + open[0].length;
    end = at + now.indexOf(`</${name}>`, start);
    at += start;
  }
  return { xml, at, inside: masked(xml).slice(at, end) };
}
