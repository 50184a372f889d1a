import { parseOptions, UsageError } from "../../../../preview/command";
import type { LogIn, Server } from "./ask";
import type { Need } from "./format";

export const HELP = `Usage: npm run contract -- --server URL [options]

Asks a GoCD server everything in tests/support/gocd-stand-in/contract, and
prints where it answers otherwise. Status 0 when nothing differs, 1 when
something does, 2 when the command line is wrong.

  --server URL       where GoCD is, such as http://127.0.0.1:8153/go
  --disposable       ask what changes the server, too: agents, environments and
                     settings, maintenance mode, backups. What it makes it takes
                     away again, but never do this to a server that is in use
  --wait SECONDS     how long a server that has not started may take (default:
                     0); a server that starts is asked what it answers meanwhile
  --no-local-agents  the server has -Dgo.auto.register.local.agent.enabled=false
  --json             every line, and what came of it, on standard output
  --help             this text

From the environment:
  GOCD_USERNAME, GOCD_PASSWORD                an administrator's log-in
  GOCD_VIEWER_USERNAME, GOCD_VIEWER_PASSWORD  of somebody who is none, if at all
  GOCD_AUTO_REGISTER_KEY                      the server's key, if at all
`;

export interface Options {
  readonly server: Server;
  readonly has: ReadonlySet<Need>;
  readonly disposable: boolean;
  readonly waitSeconds: number;
  readonly json: boolean;
}

/** What stands in place of options: the help, or what is wrong with the command line, in one line. */
export type Instead = { readonly help: true } | { readonly wrong: string };

const wrong = (problem: string): Instead => ({
  wrong: problem,
});

/** The address with `/go`, or what is wrong with it. */
function urlOf(text: string | undefined): string | Instead {
  if (text === undefined) return wrong("--server URL is missing");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return wrong(`--server is ${JSON.stringify(text)}, wanted is an address such as http://127.0.0.1:8153/go`);
  if (url.username !== "" || url.password !== "")
    return wrong("--server has a log-in; it goes into GOCD_USERNAME and GOCD_PASSWORD");
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path === "" ? "/go" : path}`;
}

const logIn = (username: string | undefined, password: string | undefined): LogIn | undefined =>
  username === undefined || password === undefined ? undefined : { username, password };

const OPTIONS = {
  server: { type: "string" },
  disposable: { type: "boolean", default: false },
  wait: { type: "string", default: "0" },
  "no-local-agents": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Reads command line and environment. */
export function readArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Options | Instead {
  let values;
  try {
    ({ values } = parseOptions(args, OPTIONS));
  } catch (error) {
    if (error instanceof UsageError) return wrong(error.message);
    throw error;
  }
  if (values.help) return { help: true };
  const url = urlOf(values.server);
  if (typeof url !== "string") return url;
  if (!/^\d{1,5}$/.test(values.wait)) return wrong(`--wait is ${JSON.stringify(values.wait)}, wanted are seconds`);
  const admin = logIn(environment["GOCD_USERNAME"], environment["GOCD_PASSWORD"]);
  if (admin === undefined) return wrong("GOCD_USERNAME and GOCD_PASSWORD are not set");
  const viewer = logIn(environment["GOCD_VIEWER_USERNAME"], environment["GOCD_VIEWER_PASSWORD"]);
  const key = environment["GOCD_AUTO_REGISTER_KEY"];
  const has: readonly (readonly [Need, boolean])[] = [
    ["viewer", viewer !== undefined],
    ["auto-register key", key !== undefined],
    ["local agents register", !values["no-local-agents"]],
  ];
  return {
    server: {
      url,
      admin,
      ...(viewer !== undefined && { viewer }),
      ...(key !== undefined && { autoRegisterKey: key }),
    },
    has: new Set(has.filter(([, is]) => is).map(([need]) => need)),
    disposable: values.disposable,
    waitSeconds: Number(values.wait),
    json: values.json,
  };
}
