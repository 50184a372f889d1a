import { UNKNOWN, type WireObject } from "../../../../preview/run/wire";
import { environment } from "../environment";
import type { ProviderModel, Resource, ResourceModel } from "../model";
import { Cloud, projectFile } from "./cloud";
import { nameProblems } from "./names";
import { failOnce, operation } from "./operations";
import { replaces, takesProject } from "./replaces";
import { PROVIDER } from "./rule";
import { MEMBERS, refuse } from "./rules";
import { COMPUTED, ID, TYPE } from "./types";

const gateway = () => environment()["GOCD_ENGINE_ENDPOINT"] ?? "gke-0123456789.us-central1-a.gke.goog";

/** What takes long at Google takes a little here, so that whoever does not wait comes too early. */
const TAKES: Readonly<Record<string, { readonly milliseconds: number; readonly source: string }>> = {
  [TYPE.cluster]: {
    milliseconds: 300,
    source: `${PROVIDER}/services/container/resource_container_cluster.go (Timeouts: 40 minutes)`,
  },
  [TYPE.nodePool]: {
    milliseconds: 200,
    source: `${PROVIDER}/services/container/resource_container_node_pool.go (Timeouts: 30 minutes)`,
  },
  [TYPE.nat]: {
    milliseconds: 100,
    source: `${PROVIDER}/services/compute/resource_compute_router_nat.go (Timeouts: 20 minutes)`,
  },
};

let project = "";
let opened: Cloud | undefined;
const cloud = () => (opened ??= new Cloud(projectFile()));

/** `gcp`: a model of Google Cloud with the rules of rules.ts. */
export const google: ProviderModel = {
  configure(config) {
    // What exists may have changed since another operation.
    opened = undefined;
    project = typeof config["project"] === "string" ? config["project"] : "";
  },
  resources: Object.fromEntries(Object.values(TYPE).map((type) => [type, model(type)])),
  functions: {
    "gcp:organizations/getClientConfig:getClientConfig": () => ({
      id: project,
      project,
      accessToken: "ya29.planted-token-of-the-model",
      region: "",
      zone: "",
    }),
    "gcp:organizations/getProject:getProject": () => ({ id: project, projectId: project, number: "123456789012" }),
  },
};

function model(type: string): ResourceModel {
  return {
    check: (inputs) => nameProblems(type, inputs),
    defaults: ({ inputs }) => (takesProject(type) && !("project" in inputs) ? { project } : {}),
    replaces: (path, before, after) => replaces(type, path, before, after),
    planned: (inputs, old) => (old === undefined ? endpoint(type, inputs, UNKNOWN) : endpoint(type, inputs, gateway())),
    // Names are the program's, so the old one must go first; a pool without one gets a new one.
    deleteBeforeReplace: type !== TYPE.nodePool,
    computed: [
      "id",
      ...Object.keys(COMPUTED[type]?.({}, "", "") ?? {}),
      ...(type === TYPE.nodePool ? ["name"] : ["project"]),
    ],
    async create(resource) {
      const inputs = withName(type, { project, ...resource.inputs }, resource);
      return operation("create", resource.urn, async () => {
        await accepted(type, inputs);
        await pause(TAKES[type]?.milliseconds ?? 0);
        const id = ID[type]?.(inputs, project) ?? "";
        cloud().put({ type, id, inputs, made: Date.now() });
        return {
          id,
          outputs: { ...inputs, ...COMPUTED[type]?.(inputs, id, project), ...endpoint(type, inputs, gateway()) },
        };
      });
    },
    update: (id, resource, old) =>
      operation("update", resource.urn, () => {
        const found = cloud().get(type, id);
        const inputs = { ...found?.inputs, ...resource.inputs };
        cloud().put({ ...found, type, id, inputs });
        return { ...endpoint(type, inputs, gateway()), ...(type === TYPE.nodePool && { name: old["name"] ?? "" }) };
      }),
    read: (id, properties, urn) => {
      failOnce(`read ${urn}`);
      const found = cloud().get(type, id);
      return found && { ...properties, ...found.inputs };
    },
    async delete(id, urn) {
      const found = cloud().get(type, id);
      if (found === undefined) return;
      await operation("delete", urn, async () => {
        refuse("delete", type, found.inputs, cloud(), project);
        await pause(TAKES[type]?.milliseconds ?? 0);
        cloud().remove(type, id);
        // Its pools go with a cluster.
        if (type === TYPE.cluster)
          for (const pool of cloud().all(TYPE.nodePool))
            if (pool.id.startsWith(`${id}/`)) cloud().remove(TYPE.nodePool, pool.id);
      });
    },
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How often, and after how long, the provider asks again for a member whose account IAM does not know yet. */
const TRIES = 30;
const BETWEEN_TRIES = 100;

/**
 * Comes back when Google accepts what is to be made; throws what it says when it does not. Members are tried again, as the provider
 * does (transport/error_retry_predicates.go, IamServiceAccountNotFound); nothing else is.
 */
async function accepted(type: string, inputs: WireObject): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      refuse("create", type, inputs, cloud(), project);
      return;
    } catch (error) {
      const isUnknown = error instanceof Error && /Service account \S+ does not exist/.test(error.message);
      if (!isUnknown || !MEMBERS.includes(type) || tries === TRIES) throw error;
      await pause(BETWEEN_TRIES);
    }
}

/** A node pool has no name in the program, so that its replacement can be made first. */
function withName(type: string, inputs: WireObject, { name, urn }: Resource): WireObject {
  if (type !== TYPE.nodePool || "name" in inputs) return inputs;
  return { ...inputs, name: `${name}-${Buffer.from(`${urn}${Date.now()}`).toString("hex").slice(-7)}` };
}

/** The address of the control plane, inside a map that the program gives. */
function endpoint(type: string, inputs: WireObject, address: string): WireObject {
  if (type !== TYPE.cluster) return {};
  const given = inputs["controlPlaneEndpointsConfig"] as WireObject;
  const dns = given["dnsEndpointConfig"] as WireObject;
  return { controlPlaneEndpointsConfig: { ...given, dnsEndpointConfig: { ...dns, endpoint: address } } };
}
