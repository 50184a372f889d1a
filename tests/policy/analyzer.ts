// Drives the policies the way the engine does: through @pulumi/policy's own analyze functions, in this process, with the
// messages that the engine sends.
import { createRequire } from "node:module";
import type { PolicyPackConfig } from "@pulumi/policy";
import ASKED_JSON from "../../policy-config.json";
import { configured } from "../../policy/configured";
import { makePolicies } from "../../policy/policies";
import type { Case, Manifest } from "./cases/case";
import { directly } from "./direct";

/** Loads what has no types. */
export const untyped = createRequire(__filename);

/** The runtime half that @pulumi/policy exports without types: it is marked internal there. */
const server = untyped("@pulumi/policy/server") as {
  readonly makeAnalyzeRpcFun: (pack: string, version: string, level: string, policies: unknown) => RpcFunction;
  readonly makeAnalyzeStackRpcFun: (pack: string, version: string, level: string, policies: unknown) => RpcFunction;
};
const proto = untyped("@pulumi/pulumi/proto/analyzer_pb") as Record<string, new () => Message>;
const struct = untyped("google-protobuf/google/protobuf/struct_pb") as {
  readonly Struct: { readonly fromJavaScript: (value: object) => object };
};

/** What this project asks of the pack beyond what it refuses by itself. */
export const ASKED = ASKED_JSON as PolicyPackConfig;

interface Message {
  readonly [method: string]: (value: unknown) => void;
}
type RpcFunction = (
  call: { readonly request: object },
  done: (error: Error | null | undefined, response?: AnalyzeResponse) => void,
) => unknown;
interface AnalyzeResponse {
  readonly getDiagnosticsList: () => readonly {
    readonly getPolicyname: () => string;
    readonly getMessage: () => string;
    readonly getEnforcementlevel: () => number;
  }[];
}

/** One thing that the pack reports. */
export interface Report {
  readonly policy: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory";
}

/** A resource as the engine would hand it over. */
export interface Resource {
  readonly type: string;
  readonly props: object;
  readonly name?: string;
  readonly protect?: boolean;
  readonly defaultNamespace?: string;
}

/** Pulumi's type token of a Kubernetes object. */
export function tokenOf(object: Manifest): string {
  const version = typeof object["apiVersion"] === "string" ? object["apiVersion"] : "v1";
  return `kubernetes:${version.includes("/") ? version : `core/${version}`}:${String(object["kind"])}`;
}

export function resourceOf({ object, type, protect, defaultNamespace }: Case): Resource {
  return {
    type: type ?? tokenOf(object),
    props: object,
    ...(protect !== undefined && { protect }),
    ...(defaultNamespace !== undefined && { defaultNamespace }),
  };
}

function message(kind: string, fields: Readonly<Record<string, unknown>>): Message {
  const Constructor = proto[kind];
  if (Constructor === undefined) throw new Error(`no message ${kind}`);
  const made = new Constructor();
  for (const [field, value] of Object.entries(fields)) made[`set${field}`]?.(value);
  return made;
}

/** The request that the engine sends for a resource. */
export function request(
  kind: "AnalyzeRequest" | "AnalyzerResource",
  { type, props, name = "resource", protect = false, defaultNamespace }: Resource,
): object {
  return message(kind, {
    Type: type,
    Name: name,
    Urn: `urn:pulumi:dev::gocd::${type}::${name}`,
    Properties: struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as object),
    Options: message("AnalyzerResourceOptions", { Protect: protect }),
    ...(defaultNamespace !== undefined && {
      Provider: message("AnalyzerProviderResource", {
        Type: "pulumi:providers:kubernetes",
        Properties: struct.Struct.fromJavaScript({ namespace: defaultNamespace }),
      }),
    }),
  });
}

/** The request that the engine sends for all resources at the end. */
export function stackRequest(resources: readonly Resource[]): object {
  return message("AnalyzeStackRequest", {
    ResourcesList: resources.map((resource) => request("AnalyzerResource", resource)),
  });
}

export function reports(response: AnalyzeResponse): readonly Report[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    message: special(diagnostic.getPolicyname(), diagnostic.getMessage()),
    level: diagnostic.getEnforcementlevel() === 0 ? "advisory" : "mandatory",
  }));
}

/** The host puts the policy's description on a line of its own before what the policy says; not before a note. */
const special = (policy: string, text: string) => (policy.endsWith("notes") ? text : text.replace(/^[^\n]*\n/, ""));

function call(rpc: RpcFunction, payload: object): Promise<readonly Report[]> {
  return new Promise((resolve, reject) => {
    rpc({ request: payload }, (error, response) => {
      if (error || response === undefined) reject(error ?? new Error("no answer"));
      else resolve(reports(response));
    });
  });
}

/** Stryker says so to the processes that it starts. */
const IN_MUTATION_TESTS = process.env["STRYKER_MUTATOR_WORKER"] !== undefined;

/** The pack with the configuration of this project and the given one. */
export function pack(config: PolicyPackConfig = {}) {
  return configured(makePolicies(), config["all"] === undefined ? { ...ASKED, ...config } : config);
}

/** An analyzer of its own for that pack. */
export function analyzer(config: PolicyPackConfig = {}) {
  const policies = pack(config);
  if (IN_MUTATION_TESTS) return directly(policies);
  const analyze = server.makeAnalyzeRpcFun("gocd-policy", "0.1.0", "mandatory", policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("gocd-policy", "0.1.0", "mandatory", policies);
  return {
    analyze: (resource: Resource) => call(analyze, request("AnalyzeRequest", resource)),
    analyzeStack: (resources: readonly Resource[]) => call(analyzeStack, stackRequest(resources)),
  };
}

/** Makes the requests for resources ahead, which is the engine's work, and returns what analyses them. */
export function prepared(resources: readonly Resource[]): () => Promise<readonly Report[]> {
  const rpc = server.makeAnalyzeRpcFun("gocd-policy", "0.1.0", "mandatory", makePolicies());
  const requests = resources.map((resource) => request("AnalyzeRequest", resource));
  return async () => {
    const found: Report[] = [];
    for (const each of requests) found.push(...(await call(rpc, each)));
    return found;
  };
}

/** What is refused for good. */
export function refusals(found: readonly Report[]): readonly Report[] {
  return found.filter(({ level }) => level === "mandatory");
}

/** What is noted about single resources. */
export function notes(found: readonly Report[]): readonly string[] {
  return found.filter(({ policy }) => policy === "notes").map(({ message }) => message);
}
