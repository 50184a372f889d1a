import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { agentToken, agentUuid } from "./identity";
import { bcrypt, isHash, passwordFile } from "./passwords";

export interface CredentialsArgs {
  /** Password of the user `admin`; made here if absent. */
  readonly adminPassword?: pulumi.Output<string>;
  /** Names of further users. */
  readonly users: readonly string[];
  /** Their passwords, or bcrypt hashes of them; one without has no line in the password file. Keys in place of those made here. */
  readonly serverSecrets?: pulumi.Output<{
    readonly users: Readonly<Record<string, string>>;
    readonly keys: { readonly [K in keyof ServerKeys]?: string | undefined };
  }>;
}

/** Who an agent is to the server. */
export interface AgentIdentity {
  readonly uuid: pulumi.Output<string>;
  readonly token: pulumi.Output<string>;
}

/** A password in both forms: what a person types, and what GoCD's password file holds. */
export interface Password {
  readonly plain: pulumi.Output<string>;
  readonly hash: pulumi.Output<string>;
}

/** What the server's first configuration holds; hex text. */
export interface ServerKeys {
  /** Names the server among others in what it sends; GoCD refuses to change it. */
  readonly serverId: pulumi.Output<string>;
  /** Signs agents' tokens: base64(HMAC-SHA256(key, uuid)). */
  readonly tokenGenerationKey: pulumi.Output<string>;
  readonly webhookSecret: pulumi.Output<string>;
  /** Lets agents that people attach themselves register; this program's own hold none. */
  readonly autoRegisterKey: pulumi.Output<string>;
  /** 128-bit AES key of the secrets in GoCD's configuration. */
  readonly cipher: pulumi.Output<string>;
}

/**
 * Keys and passwords. What the data on the server's disk depends on is protected with it: made anew after a destroy, these
 * values would lock agents, users and encrypted settings out of the old data.
 */
export class Credentials extends pulumi.ComponentResource {
  readonly admin: Password;
  readonly housekeeping: Password;
  readonly keys: ServerKeys;
  /** The program's own users of the server, each with every right. */
  readonly users = ["admin", "housekeeping"] as const;
  /** Lines of GoCD's password file, one for each of them, and for each user with a password. */
  readonly passwordFile: pulumi.Output<string>;
  /** What agents' uuids are derived from. */
  private readonly identityKey: pulumi.Output<string>;

  constructor(name: string, args: CredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:credentials:Credentials", name, {}, opts);
    // RandomBytes and RandomPassword, because the results of the other types are no secrets.
    const key = (purpose: string, length: number) =>
      new random.RandomBytes(`${name}-${purpose}`, { length }, { parent: this, protect: true }).hex;

    const { users, serverSecrets } = args;
    // Those of another server, which its data and its agents depend on, come first. What is made is kept all the same.
    const adopted = (name: keyof ServerKeys, made: pulumi.Output<string>) =>
      serverSecrets ? pulumi.all([serverSecrets, made]).apply(([{ keys }, own]) => keys[name] ?? own) : made;
    this.keys = {
      serverId: adopted("serverId", key("server-id", 16)),
      tokenGenerationKey: adopted("tokenGenerationKey", key("token-generation-key", 32)),
      webhookSecret: adopted("webhookSecret", key("webhook-secret", 32)),
      autoRegisterKey: adopted("autoRegisterKey", key("auto-register-key", 32)),
      cipher: key("cipher", 16),
    };
    this.identityKey = key("identity-key", 32);

    this.admin =
      args.adminPassword === undefined
        ? this.password(`${name}-admin`, true)
        : this.chosen(`${name}-admin`, args.adminPassword);
    this.housekeeping = this.password(`${name}-housekeeping`, false);
    const own = pulumi
      .all(this.users.map((user) => this[user].hash))
      .apply((hashes) => passwordFile(this.users.map((user, index) => ({ name: user, hash: hashes[index] ?? "" }))));
    this.passwordFile =
      serverSecrets === undefined || users.length === 0
        ? own
        : pulumi.interpolate`${own}${pulumi.concat(...users.map((user) => this.line(`${name}-user`, user, serverSecrets)))}`;
    this.registerOutputs({});
  }

  /** The agents of pods, by their names. */
  agents(pods: readonly string[]): ReadonlyMap<string, AgentIdentity> {
    return new Map(pods.map((pod) => [pod, this.agent(pod)]));
  }

  /** Derived, so that it stays the same whatever happens to disks and clusters. */
  private agent(pod: string): AgentIdentity {
    const uuid = this.identityKey.apply((key) => agentUuid(key, pod));
    const token = pulumi.all([this.keys.tokenGenerationKey, uuid]).apply(([key, id]) => agentToken(key, id));
    return { uuid, token };
  }

  private password(name: string, protect: boolean): Password {
    const password = new random.RandomPassword(name, { length: 24, special: false }, { parent: this, protect });
    return { plain: password.result, hash: password.bcryptHash };
  }

  /** A user's line in the password file, or nothing. */
  private line(prefix: string, user: string, secrets: NonNullable<CredentialsArgs["serverSecrets"]>) {
    const salt = new random.RandomBytes(`${prefix}-${user}-salt`, { length: 16 }, { parent: this });
    return pulumi.all([secrets, salt.base64]).apply(([{ users }, bytes]) => {
      const password = users[user];
      if (password === undefined) return "";
      return passwordFile([{ name: user, hash: isHash(password) ? password : bcrypt(password, bytes) }]);
    });
  }

  private chosen(name: string, plain: pulumi.Output<string>): Password {
    const salt = new random.RandomBytes(`${name}-salt`, { length: 16 }, { parent: this });
    return { plain, hash: pulumi.all([plain, salt.base64]).apply(([password, bytes]) => bcrypt(password, bytes)) };
  }
}
