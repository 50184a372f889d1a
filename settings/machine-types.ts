type FamilyKind = "persistent disk" | "hyperdisk" | "both" | "accelerators";

/**
 * Families of machines, by the disks that they take or by what keeps them from running anything here. As of 2026-11-28, from
 * Compute Engine's "Machine families", "About Hyperdisk" (machine type support) and GKE's "Arm workloads", "About GPUs". Of c4n and
 * m4n, which are in the price list only, that they take the disks of c4 and m4 is assumed.
 */
const FAMILIES: Readonly<Record<FamilyKind, string>> = {
  "persistent disk": "e2 n1 n2 n2d t2a t2d c2 c2d f1 g1",
  both: "c3 c3d m1 m2 m3 h3 z3",
  hyperdisk: "c4 c4a c4d c4n n4 n4a n4d m4 m4n x4 h4d",
  accelerators: "a2 a3 a4 a4x g2 g4 ct3 ct3p ct4p ct5l ct5lp ct5p ct6e tpu7x",
};

/** Processors. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Families with Arm processors (GKE: "Arm workloads"). */
const ARM = ["t2a", "c4a", "n4a"];

/** The processor of a machine type. Families that are new are taken for amd64. */
export const architectureOf = (type: string): Architecture => (ARM.includes(familyOf(type)) ? "arm64" : "amd64");

const families: ReadonlyMap<string, FamilyKind> = new Map(
  (Object.entries(FAMILIES) as [FamilyKind, string][]).flatMap(([kind, names]) =>
    names.split(" ").map((name): [string, FamilyKind] => [name, kind]),
  ),
);

/** What is known of a type's family; nothing of one that is newer than the table. */
export const kindOf = (type: string): FamilyKind | undefined => families.get(familyOf(type));

/**
 * Predefined machine types with whole processors: `<family>-<shape>`, then `<vCPUs>[-<variant>]:<GiB>` of each. As
 * of 2026-08-20, from `build/gcp.yml` of https://github.com/Cyclenerd/google-cloud-pricing-cost-calculator, which is made of
 * Compute Engine's price list; Arm from the pages of their families. Families that are refused anyway are left out.
 */
const SHAPES = `
c2-standard 4:16 8:32 16:64 30:120 60:240
c2d-highcpu 2:4 4:8 8:16 16:32 32:64 56:112 112:224
c2d-highmem 2:16 4:32 8:64 16:128 32:256 56:448 112:896
c2d-standard 2:8 4:16 8:32 16:64 32:128 56:224 112:448
c3-highcpu 4:8 8:16 22:44 44:88 88:176 176:352 192-metal:512
c3-highmem 4:32 8:64 22:176 44:352 88:704 176:1408 192-metal:1536
c3-standard 4:16 4-lssd:16 8:32 8-lssd:32 22:88 22-lssd:88 44:176 44-lssd:176 88:352 88-lssd:352 176:704 176-lssd:704
c3-standard 192-metal:768
c3d-highcpu 4:8 8:16 16:32 30:59 60:118 90:177 180:354 360:708
c3d-highmem 4:32 8:64 8-lssd:64 16:128 16-lssd:128 30:240 30-lssd:240 60:480 60-lssd:480 90:720 90-lssd:720 180:1440
c3d-highmem 180-lssd:1440 360:2880 360-lssd:2880
c3d-standard 4:16 8:32 8-lssd:32 16:64 16-lssd:64 30:120 30-lssd:120 60:240 60-lssd:240 90:360 90-lssd:360 180:720
c3d-standard 180-lssd:720 360:1440 360-lssd:1440
c4-highcpu 2:4 4:8 8:16 16:32 24:48 32:64 48:96 96:192 144:288 192:384 288:576 288-metal:576
c4-highmem 2:15 4:31 4-lssd:31 8:62 8-lssd:62 16:124 16-lssd:124 24:186 24-lssd:186 32:248 32-lssd:248 48:372 48-lssd:372
c4-highmem 96:744 96-lssd:744 144:1116 144-lssd:1116 192:1488 192-lssd:1488 288:2232 288-lssd:2232 288-lssd-metal:2232
c4-highmem 288-metal:2232
c4-standard 2:7 4:15 4-lssd:15 8:30 8-lssd:30 16:60 16-lssd:60 24:90 24-lssd:90 32:120 32-lssd:120 48:180 48-lssd:180 96:360
c4-standard 96-lssd:360 144:540 144-lssd:540 192:720 192-lssd:720 288:1080 288-lssd:1080 288-lssd-metal:1080 288-metal:1080
c4a-highcpu 1:2 2:4 4:8 8:16 16:32 32:64 48:96 64:128 72:144
c4a-highmem 1:8 2:16 4:32 4-lssd:32 8:64 8-lssd:64 16:128 16-lssd:128 32:256 32-lssd:256 48:384 48-lssd:384 64:512
c4a-highmem 64-lssd:512 72:576 72-lssd:576 96-metal:768
c4a-standard 1:4 2:8 4:16 4-lssd:16 8:32 8-lssd:32 16:64 16-lssd:64 32:128 32-lssd:128 48:192 48-lssd:192 64:256
c4a-standard 64-lssd:256 72:288 72-lssd:288 96-metal:384
c4d-highcpu 2:3 4:7 8:15 16:30 32:60 48:90 64:120 96:180 192:360 384:720 384-metal:768
c4d-highmem 2:15 4:31 8:63 8-lssd:63 16:126 16-lssd:126 32:252 32-lssd:252 48:378 48-lssd:378 64:504 64-lssd:504 96:756
c4d-highmem 96-lssd:756 192:1512 192-lssd:1512 384:3024 384-lssd:3024 384-metal:3072
c4d-standard 2:7 4:15 8:31 8-lssd:31 16:62 16-lssd:62 32:124 32-lssd:124 48:186 48-lssd:186 64:248 64-lssd:248 96:372
c4d-standard 96-lssd:372 192:744 192-lssd:744 384:1488 384-lssd:1488 384-metal:1536
c4n-highcpu 2:4 4:8 8:16 16:32 24:48 48:96 96:192 192:384
c4n-highmem 2:15 4:31 8:62 16:124 24:186 48:372 96:744 192:1488
c4n-standard 2:7 4:15 8:30 16:60 24:90 48:180 96:360 192:720
e2-highcpu 2:2 4:4 8:8 16:16 32:32
e2-highmem 2:16 4:32 8:64 16:128
e2-standard 2:8 4:16 8:32 16:64 32:128
h3-standard 88:352
m1-megamem 96:1433.6
m1-ultramem 40:961 80:1922 160:3844
m2-hypermem 416:8832
m2-megamem 416:5888
m2-ultramem 208:5888 416:11776
m3-megamem 64:976 128:1952
m3-ultramem 32:976 64:1952 128:3904
m4-hypermem 16:248 32:496 64:992
m4-megamem 28:372 56:744 112:1488 224:2976
m4-ultramem 56:1488 112:2976 224:5952
m4n-hypermem 16:248 32:496 64:992
m4n-megamem 28:372 56:744 112:1488
m4n-ultramem 56:1488 112:2976
n1-highcpu 2:1.8 4:3.6 8:7.2 16:14.4 32:28.8 64:57.6 96:86.4
n1-highmem 2:13 4:26 8:52 16:104 32:208 64:416 96:624
n1-standard 1:3.75 2:7.5 4:15 8:30 16:60 32:120 64:240 96:360
n2-highcpu 2:2 4:4 8:8 16:16 32:32 48:48 64:64 80:80 96:96
n2-highmem 2:16 4:32 8:64 16:128 32:256 48:384 64:512 80:640 96:768 128:864
n2-standard 2:8 4:16 8:32 16:64 32:128 48:192 64:256 80:320 96:384 128:512
n2d-highcpu 2:2 4:4 8:8 16:16 32:32 48:48 64:64 80:80 96:96 128:128 224:224
n2d-highmem 2:16 4:32 8:64 16:128 32:256 48:384 64:512 80:640 96:768
n2d-standard 2:8 4:16 8:32 16:64 32:128 48:192 64:256 80:320 96:384 128:512 224:896
n4-highcpu 2:4 4:8 8:16 16:32 32:64 48:96 64:128 80:160
n4-highmem 2:16 4:32 8:64 16:128 32:256 48:384 64:512 80:640
n4-standard 2:8 4:16 8:32 16:64 32:128 48:192 64:256 80:320
n4a-highcpu 1:2 2:4 4:8 8:16 16:32 32:64 48:96 64:128
n4a-highmem 1:8 2:16 4:32 8:64 16:128 32:256 48:384 64:512
n4a-standard 1:4 2:8 4:16 8:32 16:64 32:128 48:192 64:256
n4d-highcpu 2:4 4:8 8:16 16:32 32:64 48:96 64:128 80:160 96:192
n4d-highmem 2:16 4:32 8:64 16:128 32:256 48:384 64:512 80:640 96:768
n4d-standard 2:8 4:16 8:32 16:64 32:128 48:192 64:256 80:320 96:384
t2a-standard 1:4 2:8 4:16 8:32 16:64 32:128 48:192
t2d-standard 1:4 2:8 4:16 8:32 16:64 32:128 48:192 60:240
z3-highmem 8-highlssd:64 14-standardlssd:112 16-highlssd:128 22-highlssd:176 22-standardlssd:176 32-highlssd:256
z3-highmem 44-highlssd:352 44-standardlssd:352 88-highlssd:704 88-standardlssd:704 176-standardlssd:1408
z3-highmem 192-highlssd-metal:1536`;

/** Types that share a processor. Nothing is said of what fits them. */
const SHARED_CORE = ["e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small"];

/** Types whose size is part of the name: `n2-custom-4-8192`, `custom-2-4096` for n1, `e2-custom-medium-2048`. */
const CUSTOM = /^((n2|n2d|n4|n4d|e2)-)?custom-(\d+|micro|small|medium)-\d+(-ext)?$/;

interface Size {
  readonly cpu: number;
  readonly gib: number;
}

const sizes: ReadonlyMap<string, Size> = new Map(
  SHAPES.trim()
    .split("\n")
    .flatMap((line) => {
      const [shape = "", ...entries] = line.split(" ");
      return entries.map((entry): [string, Size] => {
        const [rest = "", gib] = entry.split(":");
        return [`${shape}-${rest}`, { cpu: Number.parseInt(rest, 10), gib: Number(gib) }];
      });
    }),
);

/** vCPUs and memory of a predefined type; undefined for shared cores, custom sizes, and types that the table does not have. */
export const sizeOf = (type: string): Size | undefined => sizes.get(type);

/** Every type of a family that the table has; empty for a family that it does not know. */
export const typesOf = (family: string): string[] =>
  [...sizes.keys(), ...SHARED_CORE].filter((type) => type.startsWith(`${family}-`));

/** `e2` of `e2-standard-4`. */
export const familyOf = (type: string): string => (type.startsWith("custom-") ? "n1" : type.replace(/-.*$/, ""));

/** Whether there is such a type, as far as the table knows. */
export const isKnown = (type: string): boolean => sizes.has(type) || SHARED_CORE.includes(type) || CUSTOM.test(type);
