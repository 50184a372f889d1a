import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { CA_FILE } from "../../kubernetes/company";
import type { GitSsh } from "../../kubernetes/git-ssh";
import { labels } from "../../kubernetes/labels";
import type { GuardedNamespace } from "../../kubernetes/namespace";
import { cruiseConfig, type Managed } from "./cruise-config";
import { PORT, SECRET_DIRECTORY, SERVER, serverService, serverStatefulSet, type ServerSpec } from "./server";

export interface ServerArgs
  extends Omit<ServerSpec, "instance" | "namespace" | "labels" | "secret" | "sshSecret" | "caConfigMap">, Managed {
  readonly namespace: GuardedNamespace;
  /** Lines of GoCD's password file. */
  readonly passwordFile: pulumi.Output<string>;
  /** Log-in for the configuration repository, as Git's credential store writes it: `https://USER:TOKEN@HOST`. */
  readonly gitCredentials?: pulumi.Output<string> | undefined;
  readonly gitSsh?: GitSsh | undefined;
  /** Users with every right. */
  readonly admins: readonly string[];
  readonly keys: {
    readonly serverId: pulumi.Output<string>;
    readonly tokenGenerationKey: pulumi.Output<string>;
    readonly webhookSecret: pulumi.Output<string>;
    readonly autoRegisterKey: pulumi.Output<string>;
    /** 128-bit AES key, in hex. */
    readonly cipher: pulumi.Output<string>;
  };
}

/** The GoCD server: seeded before its first start, so that nobody ever meets one without log-in. */
export class Server extends pulumi.ComponentResource {
  /** Where agents find the server. */
  readonly url: pulumi.Output<string>;
  /** Name of the Service. */
  readonly service: pulumi.Output<string>;
  /** The command that opens the server on http://127.0.0.1:8153. */
  readonly open: pulumi.Output<string>;

  constructor(name: string, args: ServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:server:Server", name, {}, opts);
    const child = { parent: this };
    const namespace = args.namespace.name;
    const spec = { ...args, namespace, instance: name, labels: labels(name, "gocd-server") };
    const metadata = (suffix: string) => ({ name: `${SERVER}${suffix}`, namespace, labels: spec.labels });

    const { cipher, ...keys } = args.keys;
    const seed = pulumi.output(keys).apply((values) =>
      cruiseConfig({
        ...values,
        passwordFile: `${SECRET_DIRECTORY}/passwd`,
        admins: args.admins,
        siteUrl: args.siteUrl,
        backupSchedule: args.backupSchedule,
        postBackupScript: args.postBackupScript,
        purge: args.purge,
        environments: args.environments,
      }),
    );
    const secret = new core.Secret(
      `${name}-server`,
      {
        metadata: metadata(""),
        stringData: {
          "cruise-config.xml": seed,
          "cipher.aes": cipher,
          passwd: args.passwordFile,
          ...(args.gitCredentials && { "git-credentials": args.gitCredentials }),
        },
      },
      child,
    );
    const ssh =
      args.gitSsh &&
      new core.Secret(`${name}-server-git-ssh`, { metadata: metadata("-git-ssh"), stringData: args.gitSsh }, child);
    const { certificates } = args.company;
    const ca =
      certificates === undefined
        ? undefined
        : new core.ConfigMap(
            `${name}-server-ca`,
            { metadata: metadata("-ca"), data: { [CA_FILE]: certificates } },
            child,
          );
    // A principal of Google's IAM by its name; its token is never mounted.
    const account = new core.ServiceAccount(
      `${name}-server`,
      { metadata: metadata(""), automountServiceAccountToken: false },
      child,
    );
    const service = new core.Service(`${name}-server`, serverService(spec), child);
    const server = new apps.StatefulSet(
      `${name}-server`,
      serverStatefulSet({
        ...spec,
        secret: secret.metadata.name,
        sshSecret: ssh?.metadata.name,
        caConfigMap: ca?.metadata.name,
      }),
      // The account is named, not referred to; the guards are no part of it. Half an hour of migration, five minutes of shutdown.
      {
        ...child,
        dependsOn: [account, ...args.namespace.guards],
        customTimeouts: { create: "40m", update: "45m", delete: "10m" },
      },
    );
    // The server answers once the StatefulSet is ready; on the way down it goes after everybody who asks it.
    const host = pulumi.all([service.metadata.name, server.metadata.name]).apply(([name]) => name);
    this.service = service.metadata.name;
    this.url = pulumi.interpolate`http://${host}.${namespace}.svc:${PORT}/go`;
    this.open = pulumi.interpolate`kubectl --namespace ${namespace} port-forward pod/${SERVER}-0 ${PORT}`;
    this.registerOutputs({ url: this.url });
  }
}
