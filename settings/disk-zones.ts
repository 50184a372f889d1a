import { gibibytes } from "../kubernetes/quantities";
import { problem, type Problem } from "./problems";
import type { Storage } from "./storage";

/** Disks, by the key of their map, with the zones that settings say of them. */
interface Placed {
  readonly key: string;
  /** Key of the zone, which has another name for the first disks. */
  readonly zoneKey: string;
  readonly zone: string | undefined;
  readonly replicaZone: string | undefined;
}

/** Zones of disks, and of their copies; as gcp:zone says where there is none. */
interface Zones {
  readonly zone?: string | undefined;
  readonly replicaZone?: string | undefined;
}

/** The server's disks as they are made first. */
interface FirstDisks {
  readonly diskZone?: string | undefined;
  readonly replicaZone?: string | undefined;
  readonly diskTypes: { readonly data: string; readonly artifacts: string };
  readonly disk: string;
  readonly artifacts: string;
}

/** Smallest regional disk of pd-standard in GiB (Compute Engine: "Regional Persistent Disk"); the others have no other bounds. */
const LEAST_REGIONAL_STANDARD_GIB = 200;

/** Zones in which disks cannot be, and a server that would look for its disks where they are not. */
export function diskZoneProblems(
  server: FirstDisks & { readonly restored: Readonly<Record<string, Zones>>; readonly use?: string | undefined },
  storage: Storage,
): Problem[] {
  const first: Placed = {
    key: "gocd:server",
    zoneKey: "gocd:server.diskZone",
    zone: server.diskZone,
    replicaZone: server.replicaZone,
  };
  const others = Object.entries(server.restored).map(([name, { zone, replicaZone }]): Placed => {
    const key = `gocd:server.restored.${name}`;
    return { key, zoneKey: `${key}.zone`, zone, replicaZone };
  });
  const all = [first, ...others];
  if (storage.mode === "class") {
    const wanted = "nothing where claims come from a storage class: there is no disk to make";
    // The restored ones are refused as a whole.
    return keysOf(first).map(([key, found]) => problem(key, found, wanted));
  }
  const { region, zone } = storage.google;
  const elsewhere = all.flatMap((placed) =>
    keysOf(placed)
      .filter(([, found]) => !found.startsWith(`${region}-`))
      .map(([key, found]) => problem(key, found, `a zone of gcp:region, which is ${region}`)),
  );
  const twice = all
    .filter(({ zone: own = zone, replicaZone }) => own === replicaZone)
    .map(({ key, replicaZone }) => problem(`${key}.replicaZone`, replicaZone, "another zone than the disks' own"));
  const used =
    (server.use === undefined ? first : others.find(({ key }) => key.endsWith(`.${server.use ?? ""}`))) ?? first;
  const { zone: own = zone } = used;
  const away =
    own === zone || used.replicaZone === zone
      ? []
      : [problem(used.zoneKey, own, `${zone}, which is gcp:zone: the server runs there`)];
  return [...elsewhere, ...twice, ...away, ...all.flatMap((placed) => regionalProblems(placed, server))];
}

const keysOf = ({ key, zoneKey, zone, replicaZone }: Placed): [key: string, found: string][] => [
  ...(zone === undefined ? [] : [[zoneKey, zone] as [string, string]]),
  ...(replicaZone === undefined ? [] : [[`${key}.replicaZone`, replicaZone] as [string, string]]),
];

/** Types and sizes that have no copy in a second zone. */
function regionalProblems({ key, replicaZone }: Placed, { diskTypes, disk, artifacts }: FirstDisks): Problem[] {
  if (replicaZone === undefined) return [];
  const types = Object.values(diskTypes);
  if (types.includes("hyperdisk-balanced")) {
    const wanted = "nothing with hyperdisk-balanced, which has no copy in a second zone";
    return [problem(`${key}.replicaZone`, replicaZone, wanted)];
  }
  const sizes = { data: disk, artifacts };
  const small = (["data", "artifacts"] as const).some(
    (purpose) => diskTypes[purpose] === "pd-standard" && gibibytes(sizes[purpose]) < LEAST_REGIONAL_STANDARD_GIB,
  );
  if (!small) return [];
  const wanted = `nothing with a pd-standard disk under ${LEAST_REGIONAL_STANDARD_GIB}Gi, or another type of disk`;
  return [problem(`${key}.replicaZone`, replicaZone, wanted)];
}
