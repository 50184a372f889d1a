import { createRequire } from "node:module";

/** The half of a generated service that says how a request is read. */
interface Method {
  readonly requestDeserialize: (bytes: Uint8Array) => {
    readonly getPolicyconfigMap: () => { readonly forEach: (each: (value: unknown, name: string) => void) => void };
  };
}

/**
 * Tells which policies a configuration speaks of, each time that the engine sends one. The engine passes names on that no policy
 * has, and a policy sees only what is under its own; so the request is looked at where the policy host reads it.
 */
export function onConfiguration(tell: (names: readonly string[]) => void): void {
  // From where the policy host takes it, so that it is the same one.
  const ofHost = createRequire(require.resolve("@pulumi/policy"));
  const { AnalyzerService } = ofHost("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
    readonly AnalyzerService: { readonly configure: Method };
  };
  const { configure } = AnalyzerService;
  const read = configure.requestDeserialize;
  const requestDeserialize: typeof read = (bytes) => {
    const request = read(bytes);
    const names: string[] = [];
    request.getPolicyconfigMap().forEach((_value, name) => names.push(name));
    tell(names);
    return request;
  };
  Object.assign(configure, { requestDeserialize });
}
