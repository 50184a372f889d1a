// The compiled pack behind Pulumi's real policy host, asked over gRPC as the engine asks it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type * as Grpc from "@grpc/grpc-js";
import {
  outside,
  refusals,
  reports,
  request,
  type Report,
  type Resource,
  resourceOf,
  stackRequest,
  tokenOf,
} from "./analyzer";
import { cases } from "./cases/all";
import { withHostPath } from "./cases/case";

const pack = join(__dirname, "../../policy");
const grpc = outside("@grpc/grpc-js") as typeof Grpc;
const { AnalyzerClient } = outside("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
  AnalyzerClient: new (address: string, credentials: object, options: object) => Client;
};
const analyzerProto = outside("@pulumi/pulumi/proto/analyzer_pb") as Record<string, new () => object>;
const { Empty } = outside("google-protobuf/google/protobuf/empty_pb") as { Empty: new () => object };
const { Struct } = outside("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript: (value: object) => object };
};

type Answer = Parameters<typeof reports>[0] & {
  getPoliciesList: () => { getName: () => string; getEnforcementlevel: () => number }[];
};
type Method = (request: object, done: (error: Error | null, answer: Answer) => void) => void;
interface Client {
  analyze: Method;
  analyzeStack: Method;
  getAnalyzerInfo: Method;
  configure: Method;
  close: () => void;
}

let host: ChildProcess;
let client: Client;

function ask(method: "analyze" | "analyzeStack" | "getAnalyzerInfo" | "configure", payload: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client[method](payload, (error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}
const analyze = async (resource: Resource): Promise<readonly Report[]> =>
  reports(await ask("analyze", request("AnalyzeRequest", resource)));

beforeAll(async () => {
  execFileSync("npm", ["run", "-s", "build:policy"], { cwd: join(pack, ".."), stdio: "pipe" });
  const program = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  host = spawn(process.execPath, [program, "127.0.0.1:1", "."], { cwd: pack, stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(host.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const limit = { "grpc.max_send_message_length": 1 << 28, "grpc.max_receive_message_length": 1 << 28 };
  client = new AnalyzerClient(`127.0.0.1:${port.toString().trim()}`, grpc.credentials.createInsecure(), limit);
}, 120_000);

afterAll(async () => {
  client.close();
  const gone = once(host, "exit");
  host.kill();
  await gone;
});

const reviewed = cases.filter(({ tags }) => tags !== "admission");

describe("the real policy host", () => {
  test.each(reviewed.filter(({ expect: expected }) => expected === "refused"))("refuses $name", async (each) => {
    expect(refusals(await analyze(resourceOf(each))).map(({ policy }) => policy)).toContain(each.rule);
  });

  test.each(reviewed.filter(({ expect: expected }) => expected === "allowed"))("allows $name", async (each) => {
    expect(refusals(await analyze(resourceOf(each)))).toEqual([]);
  });

  test("serves every policy with the level that the rules say", async () => {
    const info = await ask("getAnalyzerInfo", new Empty());
    const levels = info
      .getPoliciesList()
      .map((policy) => `${policy.getName()}: ${["advisory", "mandatory"][policy.getEnforcementlevel()] ?? "?"}`);
    expect(levels).toContain("no-runtime-sockets: mandatory");
    expect(levels).toContain("notes: advisory");
    expect(levels).toHaveLength(14);
  });

  test("looks at the whole stack too", async () => {
    const volume = {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "node" },
      spec: { hostPath: { path: "/run" } },
    };
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "c" },
      spec: { volumeName: "node" },
    };
    const resources = [volume, claim].map((props) => ({ type: tokenOf(props), name: props.metadata.name, props }));
    const found = reports(await ask("analyzeStack", stackRequest(resources)));
    expect(refusals(found).map(({ policy }) => policy)).toEqual(["no-claims-on-node-volumes"]);
  });

  test("judges a resource of ten megabytes", async () => {
    const props = {
      ...withHostPath("/run/docker.sock"),
      filler: Array.from({ length: 100_000 }, () => "x".repeat(100)),
    };
    expect(refusals(await analyze({ type: "kubernetes:core/v1:Pod", props })).map(({ policy }) => policy)).toContain(
      "no-runtime-sockets",
    );
  });

  test("takes exceptions from a policy configuration file's contents, and repeats the reason", async () => {
    const configuration = (properties: object) => {
      const requested = new (
        analyzerProto["ConfigureAnalyzerRequest"] as new () => { getPolicyconfigMap: () => Map<string, object> }
      )();
      const config = new (
        analyzerProto["PolicyConfig"] as new () => {
          setEnforcementlevel: (level: number) => void;
          setProperties: (value: object) => void;
        }
      )();
      config.setEnforcementlevel(1);
      config.setProperties(Struct.fromJavaScript(properties));
      requested.getPolicyconfigMap().set("no-runtime-sockets", config);
      return requested;
    };
    const resource = { type: "kubernetes:core/v1:Pod", props: withHostPath("/run/docker.sock") };
    await ask(
      "configure",
      configuration({ exceptions: [{ object: "Pod shop/case", reason: "the team's own experiment" }] }),
    );
    const found = await analyze(resource);
    await ask("configure", configuration({}));
    expect(refusals(found)).toEqual([]);
    expect(found.map(({ message }) => message).join()).toContain("Reason: the team's own experiment");
    expect(refusals(await analyze(resource))).not.toEqual([]);
  });
});
