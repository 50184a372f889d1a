// Stands in for pulumi-language-nodejs: `main.js [flags] ENGINE`, as the CLI starts it. It starts Pulumi's own Node host
// (@pulumi/pulumi/cmd/run) for programs and its policy host (cmd/run-policy-pack) for policy packs.
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { announce, MOST_BYTES } from "../plugin/forward";
import { installedPlugins } from "./packages";
import { runPolicyPack } from "./policy-pack";
import { runProgram, stopPrograms } from "./program";

const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

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

const server = new grpc.Server(MOST_BYTES);
server.addService(LanguageRuntimeService, {
  handshake: unary(() => new rpc.LanguageHandshakeResponse()),
  getPluginInfo: unary(() => new PluginInfo()),
  about: unary(() => new rpc.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  getRequiredPackages: unary((request: rpc.GetRequiredPackagesRequest) =>
    new rpc.GetRequiredPackagesResponse().setPackagesList(
      installedPlugins(request.getInfo()?.getProgramDirectory() ?? "."),
    ),
  ),
  getRequiredPlugins: unary(() => new rpc.GetRequiredPluginsResponse()),
  getProgramDependencies: unary(() => new rpc.GetProgramDependenciesResponse()),
  run: unary((request: rpc.RunRequest) => runProgram(engine, request)),
  runPlugin: (call: Parameters<typeof runPolicyPack>[0]) => void runPolicyPack(call),
  cancel: unary(() => {
    stopPrograms();
    return new Empty();
  }),
});
void announce(server, stopPrograms);
