// Stands in for pulumi-language-nodejs: `main.js [flags] ENGINE`, as the CLI starts it. It starts Pulumi's own Node host
// (@pulumi/pulumi/cmd/run) for programs and its policy host (cmd/run-policy-pack) for policy packs.
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { announce, MOST_BYTES } from "../plugin/forward";
import { runProgram, stopPrograms } from "./program";
import { languageService } from "./service";

const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

const server = new grpc.Server(MOST_BYTES);
server.addService(
  LanguageRuntimeService,
  languageService((request) => runProgram(engine, request)),
);
void announce(server, stopPrograms);
