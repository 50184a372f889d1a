import { status } from "@grpc/grpc-js";
import {
  GetRootResourceResponse,
  LogSeverity,
  RequirePulumiVersionResponse,
  SetRootResourceResponse,
  type LogRequest,
  type SetRootResourceRequest,
} from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import {
  ReadResourceResponse,
  RegisterResourceResponse,
  SupportsFeatureResponse,
  type ReadResourceRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type ResourceCallRequest,
  type ResourceInvokeRequest,
  type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { aliasUrns } from "./aliases";
import type { Providers } from "./providers";
import { registration, STACK_TYPE, urnOf, type Registration } from "./registration";
import { UnsentStruct } from "./struct";
import type { WireObject } from "./wire";

/** A message of the program, as `pulumi.log` sends it. */
export interface LogLine {
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
}

/** What the engine of the CLI says that it can do; programs behave differently without. */
const FEATURES = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "deletedWith",
  "replaceWith",
  "aliasSpecs",
  "transforms",
  "invokeTransforms",
  "parameterization",
  "resourceHooks",
  "errorHooks",
]);

/** Debugging messages are left out: the SDK writes every property into them, secrets in plain text. */
const SEVERITIES: Readonly<Record<number, LogLine["severity"]>> = {
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/**
 * The engine's side of a program: takes registrations, asks {@link Providers} instead of plugins, and remembers
 * everything. Methods have the names of the remote procedures, so that it serves in-process (run.ts) and over gRPC alike.
 */
export class Monitor {
  readonly #byUrn = new Map<string, Registration>();
  readonly #logs: LogLine[] = [];
  #root = "";
  #outputs: WireObject = {};

  constructor(
    private readonly stack: string,
    private readonly project: string,
    private readonly providers: Providers,
  ) {}

  /** What has been registered, sorted by URN: the order of registration differs from run to run. */
  get registrations(): Registration[] {
    return [...this.#byUrn.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }

  /** The stack's outputs in wire form. */
  get outputs(): WireObject {
    return this.#outputs;
  }

  /** What the program logged, oldest first. */
  get logs(): readonly LogLine[] {
    return this.#logs;
  }

  /** Procedures of the `ResourceMonitor` service. */
  readonly resourceMonitor = {
    supportsFeature: (request: SupportsFeatureRequest) =>
      new SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId())),
    registerResource: async (request: RegisterResourceRequest) => this.register(request),
    registerResourceOutputs: (request: RegisterResourceOutputsRequest) => {
      if (request.getUrn() === this.#root) this.#outputs = wire(request.getOutputs());
      return new Empty();
    },
    readResource: (request: ReadResourceRequest) => this.read(request),
    invoke: (request: ResourceInvokeRequest) => {
      const result = this.providers.invoke(request.getTok(), wire(request.getArgs()));
      return new InvokeResponse().setReturn(new UnsentStruct(result));
    },
    call: (request: ResourceCallRequest): Empty =>
      unsupported(`a method of a component in another language (${request.getTok()})`),
    registerPackage: (): Empty => unsupported("a parameterised provider"),
    registerStackTransform: (): Empty => unsupported("a resource transform"),
    registerStackInvokeTransform: (): Empty => unsupported("an invoke transform"),
    // Hooks run around creation and deletion, neither of which happens here.
    registerResourceHook: () => new Empty(),
    registerErrorHook: () => new Empty(),
    signalAndWaitForShutdown: () => new Empty(),
  };

  /** Procedures of the `Engine` service. */
  readonly engine = {
    log: (request: LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()];
      if (severity !== undefined) this.#logs.push({ severity, message: request.getMessage() });
      return new Empty();
    },
    getRootResource: () => new GetRootResourceResponse().setUrn(this.#root),
    setRootResource: (request: SetRootResourceRequest) => {
      this.#root = request.getUrn();
      return new SetRootResourceResponse();
    },
    startDebugging: () => new Empty(),
    requirePulumiVersion: () => new RequirePulumiVersionResponse(),
  };

  private async register(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
    if (request.getRemote()) unsupported(`a component that its provider expands (${request.getType()})`);
    if (request.getTransformsList().length > 0) unsupported("a resource transform");
    const type = request.getType();
    const name = request.getName();
    const urn = urnOf(this.stack, this.project, request.getParent(), type, name);
    if (this.#byUrn.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    const inputs = this.providers.check(type, name, urn, request.getCustom(), wire(request.getObject()));
    const resource = registration(request, {
      urn,
      inputs,
      aliases: aliasUrns(request, { stack: this.stack, project: this.project, urnOf }),
    });
    this.#byUrn.set(urn, resource);
    if (type === STACK_TYPE) this.#root = urn;
    const created = request.getCustom() ? await this.providers.create(resource) : { id: "", outputs: inputs };
    return new RegisterResourceResponse().setUrn(urn).setId(created.id).setObject(new UnsentStruct(created.outputs));
  }

  /** Somebody else's resource: what is known of it is what the program says. It is no part of the stack. */
  private read(request: ReadResourceRequest): ReadResourceResponse {
    const urn = urnOf(this.stack, this.project, request.getParent(), request.getType(), request.getName());
    return new ReadResourceResponse().setUrn(urn).setProperties(request.getProperties() ?? new Struct());
  }
}

/** A procedure as gRPC and the SDK call it: the answer or the error goes to a callback. */
export type Procedure<Request, Response> = (
  request: Request,
  callback: (error: ProcedureError | null, response?: Response) => void,
) => void;

/** An error as it comes over gRPC. */
export interface ProcedureError extends Error {
  readonly code: number;
  readonly details: string;
}

/** Turns a method of {@link Monitor} into a {@link Procedure}. */
export function procedure<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): Procedure<Request, Response> {
  return (request, callback) => {
    // Never calls back before it returns: the SDK counts on the network's delay.
    void Promise.resolve()
      .then(() => handler(request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          // The SDK waits permanently on some codes; this one fails the registration.
          callback(Object.assign(new Error(details), { code: status.UNKNOWN, details }));
        },
      );
  };
}

function wire(struct: Struct | undefined): WireObject {
  // A Struct holds JSON and nothing else; its own typing is looser.
  return struct?.toJavaScript() ?? {};
}

function unsupported(what: string): never {
  throw new Error(`The program uses ${what}, which the offline preview cannot run; use pulumi preview.`);
}
