import { spawn } from "node:child_process";
import { API, kubectlProgram } from "./kubectl";
import { OWN_CLUSTER } from "./stack";

/** What the API server answers to one request. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The API server without kubectl in between: for hundreds of requests, and to see its very words. */
export class RawApi {
  private constructor(
    private readonly address: string,
    readonly close: () => void,
  ) {}

  /** Opens it, with the rights of KUBECONFIG; {@link RawApi.close} ends it. */
  static open(): Promise<RawApi> {
    if (OWN_CLUSTER) return Promise.resolve(new RawApi(API, () => undefined));
    const proxy = spawn(kubectlProgram(), ["proxy", "--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
    return new Promise((resolve, reject) => {
      proxy.on("error", reject);
      proxy.stdout.once("data", (line: Buffer) => {
        const address = /127\.0\.0\.1:\d+/.exec(line.toString())?.[0];
        if (address === undefined) reject(new Error(`kubectl proxy said ${line.toString()}`));
        else resolve(new RawApi(`http://${address}`, () => proxy.kill()));
      });
    });
  }

  /** Creates an object; with `dryRun` it is only asked whether it might be. */
  create(object: ApiObject, dryRun = false): Promise<Answer> {
    return this.ask("POST", collection(object), object, dryRun);
  }

  /** Changes a subresource of an object by a merge patch. */
  patch(object: ApiObject, subresource: string, change: object, dryRun = false): Promise<Answer> {
    return this.ask("PATCH", `${collection(object)}/${object.metadata.name}/${subresource}`, change, dryRun);
  }

  private async ask(method: string, path: string, body: object, dryRun: boolean): Promise<Answer> {
    const answer = await fetch(`${this.address}${path}${dryRun ? "?dryRun=All" : ""}`, {
      method,
      headers: { "content-type": method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }
}

/** An object as far as its address goes. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** All kinds that the tests send are written in the plural with an s. */
function collection({ apiVersion, kind, metadata: { namespace } }: ApiObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${kind.toLowerCase()}s`;
}
