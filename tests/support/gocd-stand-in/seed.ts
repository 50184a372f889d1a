// Reads from a cruise-config.xml what the stand-in needs of it. Not an XML parser: it takes the attributes and elements that
// this project seeds, and unescapes the five entities of XML.
import type { ConfigurationState } from "./configuration";

export interface Seed {
  readonly tokenKey: string;
  readonly autoRegisterKey: string;
  readonly webhookSecret: string;
  readonly admins: string[];
  readonly configuration: Partial<ConfigurationState>;
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const unescape = (text: string): string =>
  text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });

/** @throws if the file has no tokenGenerationKey: then it is not what this project seeds. */
export function readSeed(xml: string): Seed {
  const tag = (name: string): string => new RegExp(`<${name}(\\s[^>]*)?>`).exec(xml)?.[1] ?? "";
  const attribute = (of: string, name: string): string | undefined => {
    const value = new RegExp(`\\s${name}="([^"]*)"`).exec(of)?.[1];
    return value === undefined ? undefined : unescape(value);
  };
  const element = (name: string, within = xml): string | undefined => {
    const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(within)?.[1];
    return value === undefined ? undefined : unescape(value.trim());
  };
  const server = tag("server");
  const tokenKey = attribute(server, "tokenGenerationKey");
  if (tokenKey === undefined) throw new Error("cruise-config.xml has no tokenGenerationKey");
  const backup = tag("backup");
  const start = element("purgeStartDiskSpace");
  const upto = element("purgeUptoDiskSpace");
  const environments = [...xml.matchAll(/<environment\s[^>]*?name="([^"]*)"/g)].map(([, name]) => ({
    name: unescape(name ?? ""),
    pipelines: [],
    environment_variables: [],
  }));
  const admins = /<admins>([\s\S]*?)<\/admins>/.exec(xml)?.[1] ?? "";
  const administrators = [...admins.matchAll(/<user>([^<]*)<\/user>/g)].map(([, name]) => unescape(name ?? ""));
  return {
    tokenKey,
    autoRegisterKey: attribute(server, "agentAutoRegisterKey") ?? "",
    webhookSecret: attribute(server, "webhookSecret") ?? "",
    admins: administrators,
    configuration: {
      siteUrl: element("siteUrl") ?? "",
      secureSiteUrl: element("secureSiteUrl") ?? "",
      artifactsDir: element("artifactsDir") ?? "artifacts",
      purgeStart: start === undefined ? null : Number(start),
      purgeUpto: upto === undefined ? null : Number(upto),
      backup:
        backup === ""
          ? null
          : {
              schedule: attribute(backup, "schedule") ?? null,
              postBackupScript: attribute(backup, "postBackupScript") ?? null,
              emailOnSuccess: attribute(backup, "emailOnSuccess") === "true",
              emailOnFailure: attribute(backup, "emailOnFailure") === "true",
            },
      environments,
      administrators: { users: administrators, roles: [] },
    },
  };
}

/**
 * Whether the server enables an agent at once that says it is on the server's own machine, by the options of its JVM. Read in
 * gocd/gocd at tag 26.1.0: SystemEnvironment.java (AUTO_REGISTER_LOCAL_AGENT_ENABLED, GoBooleanSystemProperty). As for any
 * Java property the last one counts.
 */
export const autoRegistersLocal = (jvmOptions: string | undefined): boolean =>
  isOn(jvmOptions, "go.auto.register.local.agent.enabled", true);

/** Whether session cookies are Secure whatever a request has come by (SystemEnvironment.java, JettyServer.java). */
export const hasSecureCookies = (jvmOptions: string | undefined): boolean =>
  isOn(jvmOptions, "go.sessioncookie.secure", false);

function isOn(jvmOptions: string | undefined, property: string, otherwise: boolean): boolean {
  const options = (jvmOptions ?? "").split(/\s+/).filter((option) => option.startsWith(`-D${property}=`));
  const value = options.at(-1)?.slice(property.length + 3);
  return value === undefined ? otherwise : /^(y|true)$/i.test(value);
}
