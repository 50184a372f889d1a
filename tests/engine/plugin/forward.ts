import * as grpc from "@grpc/grpc-js";

/** A registration with a few hundred objects is large; the engine allows as much. */
export const MOST_BYTES = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** A call as bytes, so that what is handed on stays what it was. */
export type RawAnswer = (request: Buffer) => Promise<Buffer>;

interface Method {
  readonly path: string;
}

const raw = (bytes: Buffer) => bytes;

/** The same service with messages as bytes. */
export function rawService(service: object): grpc.ServiceDefinition {
  const codec = { requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw };
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [name, { ...(method as object), ...codec }]),
  ) as grpc.ServiceDefinition;
}

/** Every method of a service, answered by these functions, and otherwise handed on to a client. */
export function forwarding(
  service: object,
  client: () => Promise<grpc.Client>,
  answers: Readonly<Record<string, RawAnswer>>,
): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => {
      const answer = answers[name] ?? (async (request: Buffer) => call(await client(), method as Method, request));
      const handler: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, done) => {
        answer(request).then((response) => {
          done(null, response);
        }, done);
      };
      return [name, handler];
    }),
  );
}

/** Calls a method of another server. */
function call(client: grpc.Client, { path }: Method, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, raw, raw, request, (error, response) => {
      if (error) reject(error);
      else resolve(response ?? Buffer.alloc(0));
    });
  });
}

/** Connects to a server on this machine. */
export const connect = (port: string): grpc.Client =>
  new grpc.Client(`127.0.0.1:${port.trim()}`, grpc.credentials.createInsecure(), MOST_BYTES);

/** Serves on a port of its own and tells its number. */
export function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Tells the port as the engine wants it, on the first line of stdout, and ends when the engine does, which holds stdin. */
export async function announce(server: grpc.Server, stop: () => void = () => undefined): Promise<void> {
  process.stdout.write(`${await listen(server)}\n`);
  process.stdin.resume().on("end", () => {
    stop();
    process.exit();
  });
}
