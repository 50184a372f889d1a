import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { CA_FILE } from "../../kubernetes/company";
import type { GitSsh } from "../../kubernetes/git-ssh";
import { labels, POOL_LABEL } from "../../kubernetes/labels";
import type { GuardedNamespace } from "../../kubernetes/namespace";
import { poolDisruptionBudget, poolService, poolStatefulSet, rolloutSeconds, type PoolSpec } from "./agent";
import { DAEMON_FILE, daemonConfig, registryHosts, type DaemonSettings } from "./daemon";
import { LOGINS_FILE, loginLines } from "./logins";
import type { Wall } from "./runtime";

/** PEM texts of one side. */
interface Side {
  readonly ca: pulumi.Output<string>;
  readonly cert: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/** What one pool has, and others not. */
type OfThePool =
  | "replicas"
  | "agent"
  | "isolation"
  | "logins"
  | "pod"
  | "company"
  | "rotation"
  | "gracePeriod"
  | "workspace"
  | "cache";
/** What the pool shares with the rest of the installation. */
type Shared = "instance" | "serverUrl" | "housekeepingUrl" | "storageClass" | "placement";

export interface AgentPoolArgs extends Pick<PoolSpec, Shared> {
  readonly namespace: GuardedNamespace;
  /** By digest; a pool may have an agent image of its own. */
  readonly images: { readonly agent: pulumi.Input<string>; readonly dind: pulumi.Input<string> };
  readonly pool: Pick<PoolSpec, OfThePool> &
    Wall & {
      readonly name: string;
      /** Agent image of this pool alone. */
      readonly image?: string | undefined;
      readonly dind: DaemonSettings & { readonly cpu: string; readonly memory: string };
      /** Who each pod is to the server. */
      readonly identities: ReadonlyMap<
        string,
        { readonly uuid: pulumi.Output<string>; readonly token: pulumi.Output<string> }
      >;
    };
  readonly secrets: {
    readonly gitSsh?: GitSsh;
    /** Lines REGISTRY USER PASSWORD. */
    readonly dockerLogins?: pulumi.Output<string>;
  };
  /** Both sides' certificates by pod. */
  readonly certificates: ReadonlyMap<string, { readonly daemon: Side; readonly client: Side }>;
}

/** A pool of agents that are alike, each with a Docker daemon that nobody else can reach. */
export class AgentPool extends pulumi.ComponentResource {
  constructor(name: string, args: AgentPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:agents:AgentPool", name, {}, opts);
    const child = { parent: this };
    const { instance } = args;
    const { name: pool, image = args.images.agent, dind, identities, ...own } = args.pool;
    const namespace = args.namespace.name;
    const metadata = (suffix: string) => ({ name: `${pool}${suffix}`, namespace, labels: spec.labels });
    const spec = {
      ...own,
      instance,
      namespace,
      labels: { ...labels(instance, "gocd-agent"), [POOL_LABEL]: pool },
      pool,
      image,
      serverUrl: args.serverUrl,
      housekeepingUrl: args.housekeepingUrl,
      storageClass: args.storageClass,
      placement: args.placement,
    };

    const config = daemonConfig(dind, own.cache, own.company, own.runtime);
    const { certificates } = own.company;
    const ca =
      certificates === undefined
        ? undefined
        : new core.ConfigMap(`${name}-ca`, { metadata: metadata("-ca"), data: { [CA_FILE]: certificates } }, child);
    const data = { [DAEMON_FILE]: config, ...(certificates !== undefined && { [CA_FILE]: certificates }) };
    const daemon = new core.ConfigMap(`${name}-daemon`, { metadata: metadata("-daemon"), data }, child);
    const side = (which: "daemon" | "client") => {
      const stringData = filesOf(args.certificates, which);
      return new core.Secret(`${name}-${which}-tls`, { metadata: metadata(`-${which}-tls`), stringData }, child)
        .metadata.name;
    };
    const secrets = { daemon: side("daemon"), client: side("client") };
    const identity = new core.Secret(
      `${name}-identity`,
      { metadata: metadata("-identity"), stringData: flat(identities, ({ uuid, token }) => ({ uuid, token })) },
      child,
    );

    const { sshSecret, loginsSecret } = jobSecrets(name, metadata, args.secrets, own.logins, child);
    const account = new core.ServiceAccount(
      name,
      { metadata: metadata(""), automountServiceAccountToken: false },
      child,
    );
    new core.Service(name, poolService(spec), child);
    new policy.PodDisruptionBudget(name, poolDisruptionBudget(spec), child);
    const timeout = `${rolloutSeconds(own)}s`;
    new apps.StatefulSet(
      name,
      poolStatefulSet({
        ...spec,
        daemonConfig: config,
        identitySecret: identity.metadata.name,
        sshSecret,
        loginsSecret,
        caConfigMap: ca?.metadata.name,
        dind: {
          ...dind,
          pool,
          wall: own,
          image: args.images.dind,
          daemonConfigMap: daemon.metadata.name,
          registries: certificates === undefined ? [] : registryHosts(dind, own.logins),
          secrets,
        },
      }),
      // The account is named, not referred to; the guards are no part of it.
      {
        ...child,
        dependsOn: [account, ...args.namespace.guards],
        customTimeouts: { create: timeout, update: timeout, delete: timeout },
      },
    );
    this.registerOutputs({});
  }
}

/** Names of the Secrets by which jobs log in to Git and to registries, each where the settings ask for it. */
function jobSecrets(
  name: string,
  metadata: (suffix: string) => { readonly name: string },
  { gitSsh, dockerLogins }: AgentPoolArgs["secrets"],
  registries: readonly string[],
  opts: pulumi.CustomResourceOptions,
) {
  const secret = (suffix: string, stringData: pulumi.Input<{ readonly [file: string]: pulumi.Input<string> }>) =>
    new core.Secret(`${name}${suffix}`, { metadata: metadata(suffix), stringData }, opts).metadata.name;
  const logins = registries.length > 0 ? dockerLogins?.apply((all) => loginLines(all, registries)) : undefined;
  return {
    sshSecret: gitSsh && secret("-git-ssh", gitSsh),
    loginsSecret: logins && secret("-docker-logins", { [LOGINS_FILE]: logins }),
  };
}

/** `docker-0.ca.pem` and so on, out of files by pod. */
function flat<T>(
  agents: ReadonlyMap<string, T>,
  files: (agent: T) => { readonly [file: string]: pulumi.Output<string> },
): { readonly [key: string]: pulumi.Output<string> } {
  return Object.fromEntries(
    [...agents].flatMap(([pod, agent]) =>
      Object.entries(files(agent)).map(([file, content]) => [`${pod}.${file}`, content]),
    ),
  );
}

/** Flat keys, a file each: the pod template does not mention ordinals, so that adding an agent restarts none. */
const filesOf = (certificates: AgentPoolArgs["certificates"], which: "daemon" | "client") =>
  flat(certificates, (agent) => ({
    "ca.pem": agent[which].ca,
    "cert.pem": agent[which].cert,
    "key.pem": agent[which].key,
  }));
