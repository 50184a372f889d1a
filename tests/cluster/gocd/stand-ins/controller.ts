// Stands in for an ingress controller: it makes nginx's configuration of an Ingress, or of a Gateway with its routes, as they were
// registered. What nginx is told where nobody says anything is what ingress-nginx tells it.
import type { KubernetesObject } from "../../../support/program";

/** Where the Services of the objects lead to, by name. */
type Backends = Readonly<Record<string, string>>;

/** What nginx needs beside the objects: a folder for its files, and one with certificates, as `SECRET.crt` and `SECRET.key`. */
export interface Places {
  readonly backends: Backends;
  readonly folder: string;
  readonly certificates: string;
}

interface IngressSpec {
  readonly ingressClassName: string;
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName: string }[];
  readonly rules: readonly {
    readonly host: string;
    readonly http: {
      readonly paths: readonly {
        readonly path: string;
        readonly backend: { readonly service: { readonly name: string; readonly port: { readonly number: number } } };
      }[];
    };
  }[];
}

interface RouteSpec {
  readonly parentRefs: readonly { readonly name: string; readonly sectionName: string }[];
  readonly hostnames: readonly string[];
  readonly rules: readonly {
    readonly matches?: readonly { readonly path: { readonly type: string; readonly value: string } }[];
    readonly backendRefs?: readonly { readonly name: string; readonly port: number }[];
    readonly filters?: readonly {
      readonly requestRedirect: { readonly scheme: string; readonly statusCode: number };
    }[];
    readonly timeouts?: { readonly request: string };
  }[];
}

interface GatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly {
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
    readonly hostname?: string;
    readonly tls?: { readonly certificateRefs: readonly { readonly name: string }[] };
  }[];
}

/** One `server` of nginx. */
interface Site {
  readonly port: number;
  readonly host: string;
  /** Secret with certificate and key; without one it listens in clear text. */
  readonly secret?: string | undefined;
  readonly lines: readonly string[];
}

const proxied = (to: string, lines: readonly string[]) => [
  `proxy_pass http://${to};`,
  "proxy_http_version 1.1;",
  'proxy_set_header Connection "";',
  "proxy_set_header Host $host;",
  "proxy_set_header X-Forwarded-Proto $scheme;",
  "proxy_set_header X-Forwarded-For $remote_addr;",
  "proxy_buffering off;",
  ...lines,
];
const location = (path: string, lines: readonly string[]) => [`location ${path} {`, ...lines, "}"];

/** What ingress-nginx makes of annotations, with its own defaults. */
function ofIngress(object: KubernetesObject, className: string, backends: Backends): Site[] {
  const spec = object["spec"] as IngressSpec;
  if (spec.ingressClassName !== className) return [];
  const annotations = (object.metadata["annotations"] ?? {}) as Readonly<Record<string, string>>;
  const of = (name: string, otherwise: string) => annotations[`nginx.ingress.kubernetes.io/${name}`] ?? otherwise;
  const limits = [
    `client_max_body_size ${of("proxy-body-size", "1m")};`,
    `proxy_read_timeout ${of("proxy-read-timeout", "60")}s;`,
    `proxy_send_timeout ${of("proxy-send-timeout", "60")}s;`,
    `proxy_request_buffering ${of("proxy-request-buffering", "on")};`,
  ];
  return spec.rules.flatMap(({ host, http }) => {
    const secret = spec.tls.find(({ hosts }) => hosts.includes(host))?.secretName;
    const redirects = of("force-ssl-redirect", String(secret !== undefined)) === "true";
    const lines = http.paths.flatMap(({ path, backend }) =>
      location(path, proxied(`${backends[backend.service.name] ?? ""}:${backend.service.port.number}`, limits)),
    );
    return [
      { port: 80, host, lines: redirects ? ["return 308 https://$host$request_uri;"] : lines },
      ...(secret === undefined ? [] : [{ port: 443, host, secret, lines }]),
    ];
  });
}

/** Every listener of a Gateway with what the routes that name it say. */
function ofGateway(
  object: KubernetesObject,
  className: string,
  routes: readonly KubernetesObject[],
  backends: Backends,
): Site[] {
  const { gatewayClassName, listeners } = object["spec"] as GatewaySpec;
  if (gatewayClassName !== className) return [];
  return listeners.flatMap(({ name, port, hostname, tls }) => {
    const mine = routes
      .map((route) => route["spec"] as RouteSpec)
      .filter(({ parentRefs }) =>
        parentRefs.some((ref) => ref.name === object.metadata.name && ref.sectionName === name),
      );
    return mine.flatMap(({ hostnames, rules }) =>
      hostnames
        .filter((host) => hostname === undefined || hostname === host)
        .map((host) => ({
          port,
          host,
          secret: tls?.certificateRefs[0]?.name,
          lines: rules.flatMap((rule) => ofRule(rule, backends)),
        })),
    );
  });
}

function ofRule(
  {
    matches = [{ path: { type: "PathPrefix", value: "/" } }],
    backendRefs,
    filters,
    timeouts,
  }: RouteSpec["rules"][number],
  backends: Backends,
) {
  const [redirect] = filters ?? [];
  if (redirect) {
    const { scheme, statusCode } = redirect.requestRedirect;
    return [`return ${statusCode} ${scheme}://$host$request_uri;`];
  }
  const [backend] = backendRefs ?? [];
  // Gateway API has no limit of a body's size; 0s is no time-out.
  const seconds = timeouts?.request === "0s" ? "24h" : "15s";
  const lines = [
    "client_max_body_size 0;",
    "proxy_request_buffering off;",
    `proxy_read_timeout ${seconds};`,
    `proxy_send_timeout ${seconds};`,
  ];
  return matches.flatMap(({ path: { type, value } }) =>
    location(
      `${type === "Exact" ? "= " : ""}${value}`,
      proxied(`${backends[backend?.name ?? ""] ?? ""}:${backend?.port ?? 0}`, lines),
    ),
  );
}

/** nginx's configuration for the objects of a class. */
export function nginxConfiguration(
  objects: readonly KubernetesObject[],
  className: string,
  { backends, folder, certificates }: Places,
): string {
  const routes = objects.filter(({ kind }) => kind === "HTTPRoute");
  const sites = objects.flatMap((object) => {
    if (object.kind === "Ingress") return ofIngress(object, className, backends);
    return object.kind === "Gateway" ? ofGateway(object, className, routes, backends) : [];
  });
  const servers = sites.flatMap(({ port, host, secret, lines }) => [
    "server {",
    `listen ${port}${secret === undefined ? "" : " ssl"};`,
    `server_name ${host};`,
    ...(secret === undefined
      ? []
      : [`ssl_certificate ${certificates}/${secret}.crt;`, `ssl_certificate_key ${certificates}/${secret}.key;`]),
    ...lines,
    "}",
  ]);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return [
    "daemon off;",
    "user root;",
    `pid ${folder}/pid;`,
    `error_log ${folder}/error.log;`,
    "events {}",
    "http {",
    "access_log off;",
    ...temporary,
    // Whatever host has no rule gets nothing.
    "server { listen 80 default_server; return 404; }",
    ...servers,
    "}",
    "",
  ].join("\n");
}
