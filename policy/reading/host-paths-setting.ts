import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { CONTAINER_LISTS } from "../tables/kinds";
import { isCalled, namespaceOf } from "./namespaces";
import type { ObjectNode } from "./object-node";
import type { ResourceView, RuleConfig } from "./resource-view";
import { isOn, isRecord, list, record, text } from "./values";

const CHOICE: PolicyConfigJSONSchema = {
  type: ["string", "object"],
  pattern: "^(note|refuse)$",
  required: ["allow"],
  additionalProperties: false,
  properties: {
    allow: {
      type: "array",
      items: {
        type: "object",
        required: ["path"],
        additionalProperties: false,
        properties: {
          path: { type: "string", pattern: "^/", description: "a directory or file; what is below it is allowed too" },
          readOnly: { type: "boolean", description: "whether every mount of it must be read-only" },
        },
      },
    },
  },
};

/** The settings about host paths that no table knows. */
export const HOST_PATHS_SETTINGS: Readonly<Record<string, PolicyConfigJSONSchema>> = {
  hostPaths: {
    ...CHOICE,
    description:
      "What happens to a host path that gives nothing of the node away, outside of `namespaces`: `note` (the default), `refuse`, or `{allow: [{path, readOnly}]}`, which refuses all others",
  },
  hostPathsIn: {
    type: "object",
    additionalProperties: CHOICE,
    description:
      "The same by namespace, such as `monitoring` or `kube-*`; it comes before `hostPaths` and before `namespaces`",
  },
};

/** What configuration says about one host path: why it is refused, that it is to be noted, or nothing at all. */
export type HostPathChoice = { readonly refused: string } | "note" | "allowed" | undefined;

/** Looks up what configuration says about the path of a volume; undefined where it says nothing. */
export function chosenFor(resource: ResourceView, node: ObjectNode, path: string, config: RuleConfig): HostPathChoice {
  const choices = record(config["hostPathsIn"]);
  if (Object.keys(choices).length === 0) return undefined;
  return judged(choiceIn(namespaceOf(resource, node), choices), node, path);
}

/** The same of the choice for all namespaces. */
export function chosenAnywhere(node: ObjectNode, path: string, config: RuleConfig): HostPathChoice {
  return judged(config["hostPaths"], node, path);
}

function choiceIn(namespace: string | undefined, choices: Readonly<Record<string, unknown>>): unknown {
  if (namespace === undefined) return undefined;
  const pattern = Object.keys(choices).find((each) => isCalled(namespace, each));
  return pattern === undefined ? undefined : choices[pattern];
}

function judged(choice: unknown, node: ObjectNode, path: string): HostPathChoice {
  if (choice === undefined || choice === null) return undefined;
  if (choice === "note") return "note";
  const entries = list(record(choice)["allow"]).map(record);
  const fitting = entries.filter((entry) => isBelow(text(entry["path"]), path));
  if (fitting.length === 0) return { refused: "which no setting allows" };
  const writable = !isMountedReadOnly(node);
  return writable && fitting.every((entry) => isOn(entry["readOnly"]))
    ? { refused: "which is allowed read-only, and may be written to" }
    : "allowed";
}

function isBelow(above: string | undefined, path: string): boolean {
  const [outer, inner] = [above ?? "", path].map((each) =>
    each.split("/").filter((step) => step !== "" && step !== "."),
  );
  return above !== undefined && (outer ?? []).every((step, i) => step === inner?.[i]) && !path.includes("..");
}

/** Whether every container that mounts a pod's volume can only read it. */
function isMountedReadOnly({ value, parent }: ObjectNode): boolean {
  const name = text(value["name"]);
  if (name === undefined || parent === undefined) return false;
  const lists = CONTAINER_LISTS.map((key) => parent.value[key]).filter((each) => each !== undefined && each !== null);
  return lists.every((containers) => Array.isArray(containers) && containers.every((each) => readsOnly(each, name)));
}

function readsOnly(container: unknown, volume: string): boolean {
  const { volumeMounts } = record(container);
  if (volumeMounts === undefined || volumeMounts === null) return isRecord(container);
  return (
    Array.isArray(volumeMounts) &&
    volumeMounts.every((mount) => {
      const { name, readOnly } = record(mount);
      return typeof name === "string" && (name !== volume || readOnly === true);
    })
  );
}
