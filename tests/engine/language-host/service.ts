import type * as grpc from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { installedPlugins } from "./packages";
import { runPolicyPack } from "./policy-pack";
import { stopPrograms } from "./program";

type PackCall = Parameters<typeof runPolicyPack>[0];

type Call<Request, Response> = (
  call: { readonly request: Request },
  done: (error: grpc.ServiceError | null, response: Response) => void,
) => void;

const unary =
  <Request, Response>(answer: (request: Request) => Response | Promise<Response>): Call<Request, Response> =>
  (call, done) => {
    void Promise.resolve(answer(call.request)).then((response) => {
      done(null, response);
    });
  };

/** The service `LanguageRuntime`, as the CLI asks a language host for it. */
export const languageService = (
  run: (request: rpc.RunRequest) => Promise<rpc.RunResponse>,
  handshake: (request: rpc.LanguageHandshakeRequest) => void = () => undefined,
  runPack: (call: PackCall) => void = (call) => void runPolicyPack(call),
): grpc.UntypedServiceImplementation => ({
  handshake: unary((request: rpc.LanguageHandshakeRequest) => {
    handshake(request);
    return new rpc.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => new PluginInfo()),
  about: unary(() => new rpc.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  getRequiredPackages: unary((request: rpc.GetRequiredPackagesRequest) =>
    new rpc.GetRequiredPackagesResponse().setPackagesList(
      installedPlugins(request.getInfo()?.getProgramDirectory() ?? "."),
    ),
  ),
  getRequiredPlugins: unary(() => new rpc.GetRequiredPluginsResponse()),
  getProgramDependencies: unary(() => new rpc.GetProgramDependenciesResponse()),
  run: unary(run),
  runPlugin: runPack,
  cancel: unary(() => {
    stopPrograms();
    return new Empty();
  }),
});
