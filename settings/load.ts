import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { sshFiles, type GitSsh } from "../kubernetes/git-ssh";
import { SECRETS } from "./keys";
import { isGiven, parseSettings } from "./parse";
import { SettingsError } from "./problems";
import { serverSecretsOf, type ServerSecrets } from "./server-secrets";
import type { Settings } from "./types";
import { unknownZone } from "./zones";

// Exported at run time, left out of the type declarations: without it a secret value under a plain key could be quoted in a problem.
const { isConfigSecret } = runtimeConfig as unknown as { readonly isConfigSecret: (key: string) => boolean };

/** Values of a stack that must not be plain text anywhere; the only Outputs among settings. */
export interface Secrets {
  /** Password of the user `admin`; made by the program if absent. */
  readonly adminPassword?: pulumi.Output<string>;
  /** Password of `gocd:images.username`. */
  readonly registryPassword?: pulumi.Output<string>;
  /** Log-in for `gocd:server.configRepository`: `https://USER:TOKEN@HOST`. */
  readonly configRepositoryCredentials?: pulumi.Output<string>;
  /** What gocd:server keeps secret: passwords of users, properties of plugins, passwords of repositories. */
  readonly serverSecrets?: pulumi.Output<ServerSecrets>;
  /** Secret of the OAuth client `gocd:access.google.iap.clientId`. */
  readonly iapClientSecret?: pulumi.Output<string>;
  /** Log-ins of jobs at registries: lines REGISTRY USER PASSWORD. */
  readonly dockerLogins?: pulumi.Output<string>;
  /** Git over SSH, for the server and every agent. */
  readonly gitSsh?: GitSsh;
}

/**
 * The stack's settings, checked before anything is registered. `docs/settings.md` has every key with its default.
 *
 * @throws RunError with every problem at once; Pulumi prints of any other error its trace and fields as well.
 */
export function readSettings(): Settings {
  const settings = checkedSettings();
  const warning = settings.storage.mode === "disks" ? unknownZone(settings.storage.google.zone) : undefined;
  // Not awaited, as everywhere: Pulumi waits for what is logged before the program ends.
  if (warning !== undefined) void pulumi.log.warn(warning);
  return settings;
}

function checkedSettings(): Settings {
  const config = pulumi.runtime.allConfig();
  const secretKeys = Object.keys(config).filter((key) => isConfigSecret(key));
  try {
    return parseSettings(pulumi.getStack(), config, secretKeys);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw Object.assign(new pulumi.RunError(error.message), { problems: error.problems });
  }
}

/** The stack's secrets, as encrypted Outputs. */
export function readSecrets(): Secrets {
  const config = new pulumi.Config("gocd");
  const given = SECRETS.filter((key) => isGiven(config.get(key)));
  const secrets: { readonly [key in (typeof SECRETS)[number]]?: pulumi.Output<string> } = Object.fromEntries(
    given.map((key) => [key, config.requireSecret(key)]),
  );
  const { serverSecrets, gitSshKeys: keys, gitKnownHosts: knownHosts, ...texts } = secrets;
  return {
    ...texts,
    ...(serverSecrets && { serverSecrets: serverSecrets.apply((text) => serverSecretsOf(JSON.parse(text))) }),
    ...(keys &&
      knownHosts && { gitSsh: pulumi.all([keys, knownHosts]).apply(([each, hosts]) => sshFiles(each, hosts)) }),
  };
}
