import type { Archives } from "./backups";
import type { ConfigurationState } from "./configuration";
import type { Role } from "./http";
import type { Directory } from "./plugin-configs";

/** What the stand-in is told when it is made. */
export interface StandInOptions {
  /** `tokenGenerationKey` of the server's configuration. */
  readonly tokenKey: string;
  /** Empty: agents can only register as pending. */
  readonly autoRegisterKey?: string;
  /** `-Dgo.auto.register.local.agent.enabled`, true in GoCD unless it is told otherwise. */
  readonly autoRegisterLocal?: boolean;
  /** `-Dgo.sessioncookie.secure`, false in GoCD unless it is told otherwise. */
  readonly secureCookies?: boolean;
  /** What webhooks are signed with. Empty: none is right. */
  readonly webhookSecret?: string;
  /** Tells whether a log-in is right, and whether it is an administrator's. */
  readonly logIn: (user: string, password: string) => Role | undefined;
  /** What the plugin for LDAP asks. Default: it reaches what a test names, and knows nobody. */
  readonly directory?: Directory;
  readonly configuration?: Partial<ConfigurationState>;
  /** Where the state is kept across restarts of the process. Default: nowhere. */
  readonly stateFile?: string;
  /** Where a backup is written to. Default: nowhere, it is only recorded. */
  readonly artifactsDir?: string;
  /** What is in a backup's archives. Default: nothing that can be unpacked. */
  readonly archives?: () => Archives;
  /** `agent.connection.timeout`. Default: 300 seconds. */
  readonly lostContactAfterSeconds?: number;
  readonly now?: () => number;
}
