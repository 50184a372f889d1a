import { z } from "zod";
import { front, frontProblems } from "./access-front";
import { google, googleProblems, OWN_PROXIES, type Around } from "./access-google";
import { problem, type HasProblem, type Problem } from "./problems";
import { mapWith, text, type ReadonlyDeep } from "./values";

const WAYS = ["google", "ingress", "gateway"] as const;

const hostName = text(
  "a host name such as ci.example.com: small letters, digits, dashes and dots, with a domain",
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
).describe("name under which people reach GoCD by HTTPS");

const byHost = mapWith(
  {
    host: hostName,
    google: google.optional(),
    ingress: front("Ingress").optional(),
    gateway: front("Gateway").optional(),
  },
  "port-forward, or a map with host and one of google, ingress, gateway",
);

export const access = z
  .union([z.literal("port-forward", { error: "port-forward" }), byHost], {
    error: "port-forward, or a map with host and one of google, ingress, gateway",
  })
  .describe("how people reach GoCD");

type InFile = ReadonlyDeep<z.output<typeof access>>;
type Front = NonNullable<Exclude<InFile, string>["ingress"]>;
type Google = NonNullable<Exclude<InFile, string>["google"]>;

/** How people reach GoCD. Whatever it is, agents of the stack stay on the inside route. */
export type Access =
  | { readonly mode: "port-forward" }
  | { readonly mode: "google"; readonly host: string; readonly region: string; readonly google: Google }
  | { readonly mode: "ingress" | "gateway"; readonly host: string; readonly front: Front };

/**
 * The way in that a stack has.
 *
 * @param region where an internal address is.
 * @param ownNetwork whether the stack makes the network, and so the range of an internal load balancer's proxies.
 */
export function accessOf(inFile: InFile, region: string | undefined, ownNetwork: boolean): Access {
  if (inFile === "port-forward") return { mode: "port-forward" };
  const { host, google, ingress, gateway } = inFile;
  if (google) {
    const proxies = google.proxies ?? (ownNetwork && google.address === "internal" ? OWN_PROXIES : undefined);
    return { mode: "google", host, region: region ?? "", google: { ...google, proxies } };
  }
  if (ingress) return { mode: "ingress", host, front: ingress };
  return gateway ? { mode: "gateway", host, front: gateway } : { mode: "port-forward" };
}

/** A host that nothing leads to, or too much. Not the schema's: there it would follow from a way with a problem of its own. */
export function wayProblems(inFile: InFile, hasProblem: HasProblem): Problem[] {
  if (inFile === "port-forward" || hasProblem("gocd:access")) return [];
  const found = WAYS.filter((way) => inFile[way] !== undefined);
  if (found.length === 1) return [];
  const wanted = `exactly one of ${WAYS.join(", ")} beside host`;
  return [problem("gocd:access", found.length > 0 ? found : undefined, wanted)];
}

/** What the program sets where there is a host; a later option of the same name would win. */
const WITH_HOST = /^-D(go\.sessioncookie\.secure|idle\.timeout)=/;

/** What gocd:server says of the way in itself. */
interface OfServer {
  readonly siteUrl: string;
  readonly jvmOptions: readonly string[];
}

/** Ways in that would not work, or would let somebody in without a log-in or a password out in clear text. */
export function accessProblems(
  access: Access,
  around: Around & { readonly server: OfServer },
  hasProblem: HasProblem,
): Problem[] {
  const iap = access.mode === "google" ? access.google.iap : undefined;
  const unused: Problem[] =
    around.hasIapSecret && iap === undefined && !hasProblem("gocd:access")
      ? [{ key: "gocd:iapClientSecret", found: "a secret", wanted: "nothing without gocd:access.google.iap" }]
      : [];
  if (access.mode === "port-forward") return unused;
  const own = serverProblems(access.host, around.server);
  if (hasProblem("gocd:access")) return [...unused, ...own];
  const inside =
    access.mode === "google" ? googleProblems(access.google, around) : frontProblems(access.mode, access.front);
  return [...unused, ...own, ...inside];
}

function serverProblems(name: string, { siteUrl, jvmOptions }: OfServer): Problem[] {
  const url = `https://${name}`;
  const own =
    "nothing that the program sets where gocd:access has a host: Secure cookies, and time-outs beyond the proxy's";
  const problems = jvmOptions.flatMap((option, index) =>
    WITH_HOST.test(option) ? [problem(`gocd:server.jvmOptions[${index}]`, option, own)] : [],
  );
  if (siteUrl.replace(/\/$/, "") !== url) {
    const wanted = `nothing, or ${url}, which follows from gocd:access.host`;
    problems.push(problem("gocd:server.siteUrl", siteUrl, wanted));
  }
  return problems;
}
