// The bucket as a program, for a pod. Each path /<endpoint> is the whole interface, with the same objects and with tokens and
// troubles of its own, so that what a test makes go wrong for one client goes well for the others. Tests talk to it by
//   POST /stand-in/troubles  {"endpoint":"slow","troubles":{"part":["hang"]}}
//   GET  /stand-in/objects   [{"name","size","md5Hash"}]
//   POST /stand-in/object    {"name","text"} or {"name","base64"}
//   GET  /stand-in/requests  {"slow":["token","find",…]}
import { createServer, type IncomingMessage } from "node:http";

import { described, StorageStandIn, type Trouble } from "./stand-in";

const OBJECTS = new Map<string, Buffer>();
const SCENES = new Map<string, StorageStandIn>();

function endpoint(name: string): StorageStandIn {
  const found = SCENES.get(name) ?? new StorageStandIn(OBJECTS, `/${name}`, process.env["BUCKET"]);
  SCENES.set(name, found);
  return found;
}

async function control(what: string, request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const asked = JSON.parse(text === "" ? "{}" : text) as {
    readonly endpoint?: string;
    readonly troubles?: Readonly<Record<string, Trouble[]>>;
    readonly name?: string;
    readonly text?: string;
    readonly base64?: string;
  };
  switch (what) {
    case "troubles":
      Object.assign(endpoint(asked.endpoint ?? "").troubles, asked.troubles);
      return {};
    case "object":
      OBJECTS.set(
        asked.name ?? "",
        asked.base64 === undefined ? Buffer.from(asked.text ?? "") : Buffer.from(asked.base64, "base64"),
      );
      return {};
    case "objects":
      return [...OBJECTS].map(([name, bytes]) => described(name, bytes));
    case "requests":
      return Object.fromEntries([...SCENES].map(([name, { requests }]) => [name, requests]));
    default:
      throw new Error(`nothing called ${what}`);
  }
}

const server = createServer((request, response) => {
  const [, first = "", second = ""] = (request.url ?? "").split("/");
  const done =
    first === "stand-in"
      ? control(second, request).then((body) => response.end(JSON.stringify(body)))
      : endpoint(first).serve(request, response);
  done.catch((error: unknown) => {
    console.error(String(error));
    response.destroy();
  });
});
server.listen(Number(process.env["PORT"] ?? "8080"), () => {
  console.log("ready");
});
process.once("SIGTERM", () => process.exit(0));
