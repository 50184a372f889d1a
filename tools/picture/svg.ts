// Draws the picture of the README. The places are fixed; what stands in them comes from the program.
import type { Claim, Container, Picture } from "./model";

/** Colours for a light or a dark page. */
export interface Theme {
  readonly page: string;
  readonly ink: string;
  readonly faint: string;
  readonly box: string;
  readonly disk: string;
  readonly danger: string;
  readonly way: string;
}

export const THEMES = {
  light: {
    page: "#ffffff",
    ink: "#1f2328",
    faint: "#59636e",
    box: "#f6f8fa",
    disk: "#ddf4ff",
    danger: "#ffebe9",
    way: "#0969da",
  },
  dark: {
    page: "#0d1117",
    ink: "#f0f6fc",
    faint: "#9198a1",
    box: "#151b23",
    disk: "#0c2d6b",
    danger: "#4b1113",
    way: "#4493f8",
  },
} as const satisfies Record<string, Theme>;

const [WIDTH, HEIGHT] = [960, 430];
const FONT = "ui-sans-serif, system-ui, sans-serif";

/** The picture as an SVG document of {@link WIDTH} by {@link HEIGHT} pixels. */
export function svg(picture: Picture, theme: Theme): string {
  const { agent, server } = picture;
  const [dind, main] = [agent.containers.filter(isSidecar(agent)), agent.containers.filter(not(isSidecar(agent)))];
  const parts = [
    frame(
      theme,
      20,
      15,
      540,
      310,
      `pod ${agent.pod}, one of ${String(agent.replicas)} agents`,
      `namespace ${agent.namespace}, on nodes of the agents' own`,
    ),
    ...main.map((container) =>
      containerBox(theme, container, 40, 85, 195, ["runs the jobs; no privilege,", "no token, no docker.sock"]),
    ),
    ...dind.map((container) =>
      containerBox(theme, container, 335, 85, 205, ["Docker daemon of this agent,", "listens on the loopback only"]),
    ),
    way(theme, [235, 125], [335, 125], [address(agent.daemon), "mutual TLS"]),
    ...agent.claims.map((claim, index) => disk(theme, claim, index === 0 ? 120 : 365, 240, 150)),
    ...agent.claims.flatMap((claim, index) => mounts(theme, claim, dind, main, index === 0 ? 195 : 440)),
    frame(theme, 620, 15, 320, 310, "server and housekeeping", `namespace ${server.namespace}, on nodes of their own`),
    textBox(theme, 640, 80, 280, "housekeeping", "approves, drains and removes agents"),
    textBox(
      theme,
      640,
      155,
      280,
      server.containers.map(({ name }) => name).join(" + "),
      "GoCD, its configuration and history",
    ),
    ...server.claims.map((claim, index) => disk(theme, claim, 640 + index * 145, 240, 135)),
    ...server.claims.map((_, index) => line(theme, [707 + index * 145, 201], [707 + index * 145, 240])),
    ...crossings(theme, picture),
    ...(agent.internet ? [way(theme, [140, 325], [140, 365], ["registries, git, the internet"], "below")] : []),
    note(theme, 20, 415, "Network policies deny all else: no pod reaches an agent or its daemon."),
    ...(picture.bucket ? [way(theme, [780, 325], [780, 365], ["bucket of GoCD's backups (protected)"], "below")] : []),
    note(theme, 620, 415, "Its disks are protected: they outlive the cluster."),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" role="img" font-family="${FONT}" font-size="13">
<title>An agent's pod, its Docker daemon, its disks, and what reaches what</title>
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${theme.way}"/></marker></defs>
<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" rx="8" fill="${theme.page}"/>
${parts.join("\n")}
</svg>
`;
}

type Point = readonly [x: number, y: number];

/** The daemon is what the agent talks to; it is the container that is privileged. */
const isSidecar = (agent: Picture["agent"]) => (container: Container) =>
  agent.containers.length > 1 && container.privileged;
const not =
  <T>(test: (value: T) => boolean) =>
  (value: T) =>
    !test(value);

function address(url: string): string {
  return url.replace(/^tcp:\/\//, "");
}

/** Ways from agents to the two services, and between these. */
function crossings(theme: Theme, { ways }: Picture): string[] {
  const rows = { "gocd-housekeeping": 103, "gocd-server": 178 };
  return Object.entries(rows).flatMap(([to, y]) => {
    const found = ways.find((one) => one.from === "gocd-agent" && one.to === to);
    return found ? [way(theme, [560, y], [640, y], [`:${String(found.port)}`])] : [];
  });
}

function mounts(
  theme: Theme,
  { mountedBy }: Claim,
  dind: readonly Container[],
  main: readonly Container[],
  x: number,
): string[] {
  const mounted = (containers: readonly Container[]) => containers.some(({ name }) => mountedBy.includes(name));
  return [
    ...(mounted(main) ? [line(theme, [x, 240], [137, 165])] : []),
    ...(mounted(dind) ? [line(theme, [x, 240], [437, 165])] : []),
  ];
}

function frame(
  theme: Theme,
  x: number,
  y: number,
  width: number,
  height: number,
  title: string,
  below: string,
): string {
  return [
    `<rect x="${String(x)}" y="${String(y)}" width="${String(width)}" height="${String(height)}" rx="10" fill="none" stroke="${theme.faint}"/>`,
    label(theme.ink, x + 14, y + 23, title, "bold"),
    label(theme.faint, x + 14, y + 41, below),
  ].join("");
}

function containerBox(
  theme: Theme,
  container: Container,
  x: number,
  y: number,
  width: number,
  lines: readonly string[],
): string {
  const fill = container.privileged ? theme.danger : theme.box;
  const title = container.privileged ? `${container.name} (sidecar, privileged)` : container.name;
  return [
    `<rect x="${String(x)}" y="${String(y)}" width="${String(width)}" height="80" rx="6" fill="${fill}" stroke="${theme.faint}"/>`,
    label(theme.ink, x + 10, y + 22, title, "bold"),
    ...lines.map((text, index) => label(theme.faint, x + 10, y + 45 + index * 18, text)),
  ].join("");
}

function textBox(theme: Theme, x: number, y: number, width: number, title: string, below: string): string {
  return [
    `<rect x="${String(x)}" y="${String(y)}" width="${String(width)}" height="46" rx="6" fill="${theme.box}" stroke="${theme.faint}"/>`,
    label(theme.ink, x + 10, y + 20, title, "bold"),
    label(theme.faint, x + 10, y + 38, below),
  ].join("");
}

function disk(theme: Theme, { name, size }: Claim, x: number, y: number, width: number): string {
  return [
    `<rect x="${String(x)}" y="${String(y)}" width="${String(width)}" height="60" rx="14" fill="${theme.disk}" stroke="${theme.faint}"/>`,
    label(theme.ink, x + 14, y + 26, name, "bold"),
    label(theme.faint, x + 14, y + 46, `disk, ${size}`),
  ].join("");
}

function line(theme: Theme, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<line x1="${String(x1)}" y1="${String(y1)}" x2="${String(x2)}" y2="${String(y2)}" stroke="${theme.faint}" stroke-width="1.5"/>`;
}

/** An arrow with its words above it, or at its end. */
function way(
  theme: Theme,
  [x1, y1]: Point,
  [x2, y2]: Point,
  words: readonly string[],
  place: "above" | "below" = "above",
): string {
  const text = {
    above: (word: string, index: number) =>
      label(theme.way, (x1 + x2) / 2, index === 0 ? y1 - 8 : y1 + 18, word, "normal", "middle", 11),
    below: (word: string) => label(theme.way, x2, y2 + 16, word, "normal", "middle"),
  }[place];
  return `<line x1="${String(x1)}" y1="${String(y1)}" x2="${String(x2)}" y2="${String(y2)}" stroke="${theme.way}" stroke-width="1.5" marker-end="url(#end)"/>${words.map(text).join("")}`;
}

function note(theme: Theme, x: number, y: number, text: string): string {
  return label(theme.faint, x, y, text);
}

function label(
  colour: string,
  x: number,
  y: number,
  text: string,
  weight = "normal",
  anchor = "start",
  size = 13,
): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${String(x)}" y="${String(y)}" fill="${colour}" font-weight="${weight}" text-anchor="${anchor}" font-size="${String(size)}">${escaped}</text>`;
}
