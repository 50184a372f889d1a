// A storage driver (Container Storage Interface) as small as the kubelet lets it be: a volume is a folder below DISKS. Volumes of
// this kind are what clouds give, and what the admission policy lets through; hostPath and local volumes are not.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { Server, ServerCredentials, type handleUnaryCall, type ServiceDefinition, status } from "@grpc/grpc-js";
import { BinaryReader, BinaryWriter } from "google-protobuf";
import { DISK_DRIVER, DISKS, DRIVER_SOCKET, REGISTRATION_SOCKET } from "./disks";
import { NODE } from "./sandbox";

/** Takes and returns messages in protobuf. */
type Handler = (request: Buffer) => Buffer;

const NOTHING = Buffer.alloc(0);

const registration: Record<string, Handler> = {
  GetInfo: () => message({ 1: "CSIPlugin", 2: DISK_DRIVER, 3: DRIVER_SOCKET, 4: "1.0.0" }),
  NotifyRegistrationStatus: () => NOTHING,
};

const identity: Record<string, Handler> = {
  GetPluginInfo: () => message({ 1: DISK_DRIVER, 2: "1" }),
  GetPluginCapabilities: () => NOTHING,
  Probe: () => NOTHING,
};

const node: Record<string, Handler> = {
  NodeGetInfo: () => message({ 1: NODE }),
  NodeGetCapabilities: () => NOTHING,
  NodePublishVolume: (request) => {
    const [volume, target] = [text(request, 1), text(request, 4)];
    mkdirSync(target, { recursive: true });
    if (mounted(target)) return NOTHING;
    const disk = path.join(DISKS, volume);
    mkdirSync(disk, { recursive: true });
    execFileSync("mount", ["--bind", disk, target]);
    return NOTHING;
  },
  NodeUnpublishVolume: (request) => {
    const target = text(request, 2);
    if (mounted(target)) execFileSync("umount", [target]);
    if (existsSync(target)) rmdirSync(target);
    return NOTHING;
  },
};

/** A field with a text; empty where the message has none. */
function text(message: Buffer, field: number): string {
  const reader = new BinaryReader(message);
  while (reader.nextField()) {
    if (reader.getFieldNumber() === field) return reader.readString();
    reader.skipField();
  }
  return "";
}

/** A message with these texts by field number. */
function message(texts: Readonly<Record<number, string>>): Buffer {
  const writer = new BinaryWriter();
  for (const [field, value] of Object.entries(texts)) writer.writeString(Number(field), value);
  return Buffer.from(writer.getResultBuffer());
}

function mounted(target: string): boolean {
  try {
    execFileSync("mountpoint", ["-q", target]);
    return true;
  } catch {
    return false;
  }
}

function serve(socket: string, services: Readonly<Record<string, Record<string, Handler>>>): void {
  const server = new Server();
  for (const [service, handlers] of Object.entries(services)) {
    const definition: ServiceDefinition = Object.fromEntries(
      Object.keys(handlers).map((name) => [
        name,
        {
          path: `/${service}/${name}`,
          requestStream: false,
          responseStream: false,
          requestSerialize: (value: Buffer) => value,
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (value: Buffer) => value,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      ]),
    );
    server.addService(
      definition,
      Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, unary(name, handler)])),
    );
  }
  mkdirSync(path.dirname(socket), { recursive: true });
  rmSync(socket, { force: true });
  server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
}

const unary =
  (name: string, handler: Handler): handleUnaryCall<Buffer, Buffer> =>
  (call, reply) => {
    try {
      reply(null, handler(call.request));
    } catch (error) {
      console.error(name, error);
      reply({ code: status.INTERNAL, details: String(error) });
    }
  };

serve(DRIVER_SOCKET, { "csi.v1.Identity": identity, "csi.v1.Node": node });
serve(REGISTRATION_SOCKET, { "pluginregistration.Registration": registration });
