import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, unwrappedMap, type WireObject } from "../../../preview/run/wire";
import { MOST_BYTES } from "../plugin/forward";
import { argumentOf, differences } from "./diff";
import { within } from "./environment";
import type { ProviderModel, Resource, ResourceModel } from "./model";

/** A server of a provider, as the engine expects it from a plugin, for a command with this environment. */
export function serverOf(provider: ProviderModel, version: string, env = process.env): grpc.Server {
  const server = new grpc.Server(MOST_BYTES);
  server.addService(ResourceProviderService, within(env, implementation(provider, version)));
  return server;
}

/** Answers a call, or fails it with the message of what was thrown. */
const unary =
  <Request, Response>(answer: (request: Request) => Promise<Response> | Response) =>
  (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => {
          done(null, response);
        },
        (error: unknown) => {
          done({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
        },
      );
  };

function implementation(provider: ProviderModel, version: string): grpc.UntypedServiceImplementation {
  const of = (urn: string) => {
    const type = typeOf(urn);
    const model = provider.resources[type];
    if (model === undefined) throw new Error(`this stand-in does not know ${type}; add it to tests/engine/providers`);
    return model;
  };
  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    checkConfig: unary((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary((request: rpc.DiffRequest) => diffConfig(provider, request)),
    configure: unary((request: rpc.ConfigureRequest) => {
      provider.configure?.(unwrappedMap(wire(request.getArgs())));
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary((request: rpc.CheckRequest) => check(of(request.getUrn()), request)),
    diff: unary((request: rpc.DiffRequest) => diff(of(request.getUrn()), request)),
    create: unary((request: rpc.CreateRequest) => create(of(request.getUrn()), request)),
    read: unary((request: rpc.ReadRequest) => read(of(request.getUrn()), request)),
    update: unary((request: rpc.UpdateRequest) => update(of(request.getUrn()), request)),
    delete: unary(async (request: rpc.DeleteRequest) => {
      await of(request.getUrn()).delete?.(request.getId(), request.getUrn());
      return new Empty();
    }),
    invoke: unary((request: rpc.InvokeRequest) => {
      const answer = provider.functions?.[request.getTok()];
      if (answer === undefined) throw new Error(`this stand-in does not know the function ${request.getTok()}`);
      return new rpc.InvokeResponse().setReturn(struct(answer(unwrappedMap(wire(request.getArgs())))));
    }),
    cancel: unary(() => new Empty()),
  };
}

function diffConfig({ replacesProvider }: ProviderModel, request: rpc.DiffRequest): rpc.DiffResponse {
  const { DiffChanges } = rpc.DiffResponse;
  const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map((side) => wire(side));
  const changed = differences(unwrappedMap(olds ?? {}), unwrappedMap(news ?? {})).map(({ path }) => topOf(path));
  return new rpc.DiffResponse()
    .setChanges(changed.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME)
    .setDiffsList([...new Set(changed)])
    .setReplacesList([...new Set(changed)].filter((argument) => replacesProvider?.(argument) === true));
}

function check(model: ResourceModel, request: rpc.CheckRequest): rpc.CheckResponse {
  const given = wire(request.getNews());
  const previous = unwrappedMap(wire(request.getOlds()));
  const resource = resourceOf(request.getUrn(), given);
  const inputs = { ...model.defaults?.(resource, previous), ...given };
  const problems = model.check?.(unwrappedMap(inputs), resource.name) ?? [];
  return new rpc.CheckResponse()
    .setInputs(struct(inputs))
    .setFailuresList(
      problems.map(({ property, reason }) => new rpc.CheckFailure().setProperty(property).setReason(reason)),
    );
}

function diff(model: ResourceModel, request: rpc.DiffRequest): rpc.DiffResponse {
  const { DiffChanges } = rpc.DiffResponse;
  const { Kind } = rpc.PropertyDiff;
  const ignored = request.getIgnorechangesList();
  const changed = differences(unwrappedMap(wire(request.getOldInputs())), unwrappedMap(wire(request.getNews()))).filter(
    ({ path }) => !ignored.includes(argumentOf(path)),
  );
  const replacing = changed.filter(({ path, before, after }) => model.replaces(argumentOf(path), before, after));
  const response = new rpc.DiffResponse()
    .setChanges(changed.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME)
    .setDiffsList([...new Set(changed.map(({ path }) => topOf(path)))])
    .setReplacesList([...new Set(replacing.map(({ path }) => topOf(path)))])
    .setDeletebeforereplace(model.deleteBeforeReplace === true)
    .setHasdetaileddiff(true);
  const kinds = { add: Kind.ADD, delete: Kind.DELETE, update: Kind.UPDATE };
  const replacingKinds = { add: Kind.ADD_REPLACE, delete: Kind.DELETE_REPLACE, update: Kind.UPDATE_REPLACE };
  for (const difference of changed) {
    const kind = (replacing.includes(difference) ? replacingKinds : kinds)[difference.kind];
    response.getDetaileddiffMap().set(difference.path, new rpc.PropertyDiff().setKind(kind).setInputdiff(true));
  }
  return response;
}

async function create(model: ResourceModel, request: rpc.CreateRequest): Promise<rpc.CreateResponse> {
  const inputs = wire(request.getProperties());
  if (request.getPreview())
    return new rpc.CreateResponse().setProperties(
      struct({ ...unknown(model.computed), ...inputs, ...model.planned?.(inputs, undefined) }),
    );
  const { id, outputs } = await model.create(resourceOf(request.getUrn(), inputs));
  return new rpc.CreateResponse().setId(id).setProperties(struct({ ...inputs, ...outputs }));
}

async function update(model: ResourceModel, request: rpc.UpdateRequest): Promise<rpc.UpdateResponse> {
  const inputs = wire(request.getNews());
  const old = wire(request.getOlds());
  const kept = Object.fromEntries(Object.entries(old).filter(([key]) => model.computed.includes(key)));
  if (request.getPreview()) {
    const paths = differences(unwrappedMap(wire(request.getOldInputs())), unwrappedMap(inputs));
    const again = model.recomputed?.(paths.map(({ path }) => argumentOf(path))) ?? [];
    return new rpc.UpdateResponse().setProperties(
      struct({ ...kept, ...inputs, ...unknown(again), ...model.planned?.(inputs, old) }),
    );
  }
  const outputs = await model.update?.(request.getId(), resourceOf(request.getUrn(), inputs), unwrappedMap(old));
  return new rpc.UpdateResponse().setProperties(struct({ ...kept, ...inputs, ...outputs }));
}

function read(model: ResourceModel, request: rpc.ReadRequest): rpc.ReadResponse {
  const properties = wire(request.getProperties());
  const inputs = wire(request.getInputs());
  if (model.read === undefined)
    return new rpc.ReadResponse().setId(request.getId()).setProperties(struct(properties)).setInputs(struct(inputs));
  const found = model.read(request.getId(), unwrappedMap(properties), request.getUrn());
  if (found === undefined) return new rpc.ReadResponse();
  // An import knows nothing but the id.
  if (Object.keys(properties).length === 0)
    return new rpc.ReadResponse().setId(request.getId()).setProperties(struct(found)).setInputs(struct(found));
  return new rpc.ReadResponse()
    .setId(request.getId())
    .setProperties(struct({ ...properties, ...changedOf(found, properties) }))
    .setInputs(struct({ ...inputs, ...changedOf(found, inputs) }));
}

/** What was found otherwise than it is stored; what is the same stays as it is, with its marks of secrets. */
function changedOf(found: WireObject, stored: WireObject): WireObject {
  const plain = unwrappedMap(stored);
  return Object.fromEntries(
    Object.entries(found).filter(
      ([key, value]) => key in plain && differences({ value: plain[key] ?? null }, { value }).length > 0,
    ),
  );
}

function resourceOf(urn: string, inputs: WireObject): Resource {
  return { urn, name: urn.slice(urn.lastIndexOf("::") + 2), type: typeOf(urn), inputs: unwrappedMap(inputs) };
}

/** `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME` → `TYPE`. */
function typeOf(urn: string): string {
  const [, , types = ""] = urn.split("::");
  return types.slice(types.lastIndexOf("$") + 1);
}

const topOf = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;
const unknown = (keys: readonly string[]): WireObject => Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
const wire = (value: Struct | undefined): WireObject => value?.toJavaScript() ?? {};
const struct = (value: WireObject): Struct => Struct.fromJavaScript(value);
