import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Api } from "../../../tools/github/comment";

/** A request that would have changed something at GitHub. */
export interface Change {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** As much of GitHub's API as the tools use, in memory. */
export interface GitHub {
  readonly api: Api;
  readonly changes: Change[];
  stop(): Promise<void>;
}

export interface Holding {
  readonly pulls?: readonly object[];
  readonly comments?: readonly object[];
  readonly issues?: readonly object[];
  /** The latest run of the workflow `up`, if there is one. */
  readonly up?: object;
  /** Status of every answer, if not that of success. */
  readonly status?: number;
}

const REPOSITORY = "acme/gocd";

/** Starts it on a port of its own on the loopback. */
export async function startGitHub(holding: Holding): Promise<GitHub> {
  const changes: Change[] = [];
  const server: Server = createServer((request, response) => {
    void answer(request, holding, changes).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    api: { url: `http://127.0.0.1:${port}`, token: "a-token", repository: REPOSITORY },
    changes,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

async function answer(request: IncomingMessage, holding: Holding, changes: Change[]) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", headers } = request;
  if (headers.authorization !== "Bearer a-token") return { status: 401, body: {} };
  if (holding.status !== undefined) return { status: holding.status, body: {} };
  const url = new URL(request.url ?? "", "http://github");
  const path = url.pathname.replace(`/repos/${REPOSITORY}`, "");
  if (method !== "GET") {
    changes.push({ method, path, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> });
    return { status: method === "POST" ? 201 : 200, body: {} };
  }
  if (path === "/actions/runs/1") return { status: 200, body: { run_started_at: "2026-01-05T05:17:00Z" } };
  if (path === "/actions/workflows/up.yaml/runs")
    return { status: 200, body: { workflow_runs: holding.up === undefined ? [] : [holding.up] } };
  const [of] = [
    { at: /^\/pulls$/, items: (holding.pulls ?? []).filter((pull) => matches(pull, url.searchParams)) },
    { at: /^\/issues\/\d+\/comments$/, items: holding.comments ?? [] },
    { at: /^\/issues$/, items: holding.issues ?? [] },
  ].filter(({ at }) => at.test(path));
  if (!of) return { status: 404, body: {} };
  const size = Number(url.searchParams.get("per_page"));
  const page = Number(url.searchParams.get("page"));
  return { status: 200, body: of.items.slice((page - 1) * size, page * size) };
}

/** GitHub's own filters of a list of pull requests. */
function matches(pull: object, query: URLSearchParams): boolean {
  const { state, base, head } = pull as {
    readonly state: string;
    readonly base: { readonly ref: string };
    readonly head: { readonly ref: string; readonly user: { readonly login: string } };
  };
  return (
    state === query.get("state") &&
    base.ref === query.get("base") &&
    `${head.user.login}:${head.ref}` === query.get("head")
  );
}
