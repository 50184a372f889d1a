// The compiled pack behind Pulumi's real policy host, asked over gRPC as the engine asks it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { transformFileSync } from "@swc/core";
import { ASKED, untyped, refusals, reports, request, resourceOf } from "./analyzer";
import type { Case } from "./cases/case";

const root = join(__dirname, "../..");
const source = join(root, "policy");

const { AnalyzerClient } = untyped("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
  readonly AnalyzerClient: new (address: string, credentials: object, options: object) => Client;
};
const analyzerProto = untyped("@pulumi/pulumi/proto/analyzer_pb") as {
  readonly ConfigureAnalyzerRequest: new () => { readonly getPolicyconfigMap: () => Map<string, object> };
  readonly PolicyConfig: new () => {
    readonly setEnforcementlevel: (level: number) => void;
    readonly setProperties: (value: object) => void;
  };
};
const { Struct } = untyped("google-protobuf/google/protobuf/struct_pb") as {
  readonly Struct: { readonly fromJavaScript: (value: object) => object };
};

type Answer = Parameters<typeof reports>[0] & {
  readonly getPoliciesList: () => { readonly getName: () => string; readonly getEnforcementlevel: () => number }[];
};
type Method = (request: object, done: (error: Error | null, answer: Answer) => void) => void;
interface Client {
  readonly analyze: Method;
  readonly analyzeStack: Method;
  readonly getAnalyzerInfo: Method;
  readonly configure: Method;
  readonly close: () => void;
}

/** A running policy host. */
export interface PolicyHost {
  readonly ask: (
    method: "analyze" | "analyzeStack" | "getAnalyzerInfo" | "configure",
    payload: object,
  ) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/**
 * Compiles the pack as a single folder and starts Pulumi's host on it. The compiler is the one of the tests: TypeScript's
 * own takes as long as all that is asked of the host, and `npm run types` has checked the same sources.
 */
export async function startPolicyHost(): Promise<PolicyHost> {
  const pack = join(root, ".cache", `policy-host-${process.pid}`);
  compile(pack);
  const host = await hostOn(pack, require.resolve("@pulumi/pulumi/cmd/run-policy-pack"));
  return {
    ...host,
    stop: async () => {
      await host.stop();
      rmSync(pack, { recursive: true });
    },
  };
}

/** Pulumi's host on the folder of a pack. */
export async function hostOn(pack: string, program: string): Promise<PolicyHost> {
  const host = spawn(process.execPath, [program, "127.0.0.1:1", "."], {
    cwd: pack,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const client = new AnalyzerClient(`127.0.0.1:${await port(host)}`, grpc.credentials.createInsecure(), {
    "grpc.max_send_message_length": 1 << 28,
    "grpc.max_receive_message_length": 1 << 28,
  });
  return {
    ask: (method, payload) =>
      new Promise((resolve, reject) => {
        client[method](payload, (error, answer) => {
          if (error) reject(error);
          else resolve(answer);
        });
      }),
    stop: async () => {
      client.close();
      const gone = once(host, "exit");
      host.kill();
      await gone;
    },
  };
}

function compile(pack: string): void {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/^(node_modules|dist)\//.test(file),
  );
  for (const file of files) {
    const { code } = transformFileSync(join(source, file), {
      jsc: { target: "es2022", parser: { syntax: "typescript" } },
      module: { type: "commonjs" },
    });
    const compiled = join(pack, "dist", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
  for (const file of ["package.json", "PulumiPolicy.yaml"]) copyFileSync(join(source, file), join(pack, file));
}

/** The port on which a host listens, which is the first thing that it says. */
async function port(host: ChildProcess): Promise<string> {
  const [said] = (await Promise.race([
    once(host.stdout as NodeJS.ReadableStream, "data"),
    once(host, "exit").then(() => Promise.reject(new Error("the policy host ended"))),
  ])) as [Buffer];
  return said.toString().trim();
}

/** The request that sends a policy configuration file's contents, by rule. */
export function configuration(rules: Readonly<Record<string, object>>): object {
  const request = new analyzerProto.ConfigureAnalyzerRequest();
  for (const [name, properties] of Object.entries(rules)) {
    const config = new analyzerProto.PolicyConfig();
    config.setEnforcementlevel(1);
    config.setProperties(Struct.fromJavaScript(properties));
    request.getPolicyconfigMap().set(name, config);
  }
  return request;
}

/** The configuration of what this project asks for beyond what the pack refuses by itself. */
export const asked = Object.fromEntries(Object.keys(ASKED).map((name) => [name, {}]));

/** Cases that a host judges otherwise than the table expects, each with the rules that refused it. */
export async function misjudged(host: PolicyHost, cases: readonly Case[]): Promise<string[]> {
  const wrong: string[] = [];
  await host.ask("configure", configuration(asked));
  for (const each of cases) {
    const found = reports(await host.ask("analyze", request("AnalyzeRequest", resourceOf(each))));
    const by = refusals(found).map(({ policy }) => policy);
    const right = each.expect === "refused" ? by.includes(each.rule ?? "") : by.length === 0;
    if (!right) wrong.push(`${each.expect} ${each.name}: ${by.join(", ")}`);
  }
  await host.ask("configure", configuration({}));
  return wrong;
}
