// The bucket as a program, for a pod. Each path /<scene> is the whole interface, with the same objects and with tokens and
// troubles of its own, so that what a test makes go wrong for one client goes well for the others. Tests talk to it by
//   POST /stand-in/troubles  {"scene":"slow","troubles":{"part":["hang"]}}
//   GET  /stand-in/objects   [{"name","size","md5Hash"}]
//   POST /stand-in/object    {"name","text"}
//   GET  /stand-in/requests  {"slow":["token","find",…]}
import { createServer, type IncomingMessage } from "node:http";

import { described, StorageStandIn, type Trouble } from "./stand-in";

const objects = new Map<string, Buffer>();
const scenes = new Map<string, StorageStandIn>();

function scene(name: string): StorageStandIn {
  const found = scenes.get(name) ?? new StorageStandIn(objects, `/${name}`, process.env["BUCKET"]);
  scenes.set(name, found);
  return found;
}

async function control(what: string, request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const asked = JSON.parse(text === "" ? "{}" : text) as {
    readonly scene?: string;
    readonly troubles?: Readonly<Record<string, Trouble[]>>;
    readonly name?: string;
    readonly text?: string;
  };
  switch (what) {
    case "troubles":
      Object.assign(scene(asked.scene ?? "").troubles, asked.troubles);
      return {};
    case "object":
      objects.set(asked.name ?? "", Buffer.from(asked.text ?? ""));
      return {};
    case "objects":
      return [...objects].map(([name, bytes]) => described(name, bytes));
    case "requests":
      return Object.fromEntries([...scenes].map(([name, { requests }]) => [name, requests]));
    default:
      throw new Error(`nothing called ${what}`);
  }
}

const server = createServer((request, response) => {
  const [, first = "", second = ""] = (request.url ?? "").split("/");
  const done =
    first === "stand-in"
      ? control(second, request).then((body) => response.end(JSON.stringify(body)))
      : scene(first).serve(request, response);
  done.catch((error: unknown) => {
    console.error(String(error));
    response.destroy();
  });
});
server.listen(Number(process.env["PORT"] ?? "8080"), () => {
  console.log("ready");
});
process.once("SIGTERM", () => process.exit(0));
