import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../kubernetes/labels";
import type { GuardedNamespace } from "../../kubernetes/namespace";
import type { Managed } from "../server/cruise-config";
import {
  HOUSEKEEPING,
  HOUSEKEEPING_PORT,
  housekeepingDeployment,
  housekeepingService,
  type HousekeepingSpec,
} from "./housekeeping";
import { NO_SECRETS, ownedSettings, type OwnedSecrets, type OwnedSettings } from "./owned";

/** Agents that housekeeping expects, approves and keeps in line. */
export interface ExpectedPool {
  readonly name: string;
  /** Who they are, by the names of their pods. */
  readonly identities: ReadonlyMap<string, { readonly uuid: pulumi.Output<string> }>;
  readonly resources: readonly string[];
  readonly environments: readonly string[];
}

export interface HousekeepingArgs extends Pick<HousekeepingSpec, "image" | "placement" | "company"> {
  /** Its own, and that of the agents: a pending agent is approved only if it asked from the address of its pod there. */
  readonly namespaces: { readonly server: GuardedNamespace; readonly agents: GuardedNamespace };
  readonly serverUrl: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly pools: readonly ExpectedPool[];
  /** What the server makes agents' tokens with. */
  readonly tokenGenerationKey: pulumi.Output<string>;
  readonly managed: Managed;
  /** What the settings own in GoCD: users, roles, log-ins, repositories with pipelines, secret managers. */
  readonly owned: { readonly settings: OwnedSettings; readonly secrets?: pulumi.Output<OwnedSecrets> | undefined };
}

/** What GoCD leaves undone: approves this program's agents, removes lost ones, keeps settings in line, drains agents. */
export class Housekeeping extends pulumi.ComponentResource {
  /** Where agents ask to be drained. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: HousekeepingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:housekeeping:Housekeeping", name, {}, opts);
    const child = { parent: this };
    const namespace = args.namespaces.server.name;
    const spec = { ...args, namespace, instance: name, labels: labels(name, "gocd-housekeeping") };

    const { siteUrl, backupSchedule, postBackupScript, purge, environments } = args.managed;
    const config = {
      serverUrl: args.serverUrl,
      agentsDomain: pulumi.interpolate`${args.namespaces.agents.name}.svc`,
      managed: {
        siteUrl,
        secureSiteUrl: siteUrl.startsWith("https:") ? siteUrl : "",
        backup: { schedule: backupSchedule, postBackupScript },
        artifacts: { purgeStartGib: purge.start, purgeUptoGib: purge.upto },
        environments,
      },
    };
    const owned = pulumi
      .output(args.owned.secrets ?? NO_SECRETS)
      .apply((secrets) => ownedSettings(args.owned.settings, secrets));
    const secret = new core.Secret(
      `${name}-housekeeping`,
      {
        metadata: { name: HOUSEKEEPING, namespace, labels: spec.labels },
        stringData: {
          "config.json": pulumi.jsonStringify({
            ...config,
            managed: owned.apply((lists) => ({ ...config.managed, ...lists })),
          }),
          "agents.json": pulumi.jsonStringify(args.pools.flatMap(expectedAgents)),
          "token-generation-key": args.tokenGenerationKey,
          username: "housekeeping",
          password: args.password,
        },
      },
      child,
    );
    const service = new core.Service(`${name}-housekeeping`, housekeepingService(spec), child);
    const deployment = new apps.Deployment(
      `${name}-housekeeping`,
      housekeepingDeployment({ ...spec, secret: secret.metadata.name }),
      { ...child, dependsOn: [...args.namespaces.server.guards] },
    );
    // Agents drain through it, so it is there before they change, and until they are gone.
    const host = pulumi.all([service.metadata.name, deployment.metadata.name]).apply(([name]) => name);
    this.url = pulumi.interpolate`http://${host}.${namespace}.svc:${HOUSEKEEPING_PORT}`;
    this.registerOutputs({ url: this.url });
  }
}

/** The agents of a pool as images/housekeeping reads them. */
function expectedAgents({ name: pool, identities, resources, environments }: ExpectedPool) {
  return [...identities].map(([hostname, { uuid }]) => ({ hostname, pool, uuid, resources, environments }));
}
