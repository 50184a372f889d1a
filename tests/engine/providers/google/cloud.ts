import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { isObject, type WireObject, type WireValue } from "../../../../preview/run/wire";
import { environment } from "../environment";

/** File of the project that a provider works on. */
export const projectFile = (): string => environment()["GOCD_ENGINE_CLOUD"] ?? "cloud.json";

/** Something that exists in the project. */
export interface Thing {
  readonly type: string;
  readonly id: string;
  readonly inputs: WireObject;
  /** When it was made, in milliseconds since 1970. */
  readonly made?: number;
  /** It was deleted, and something still has it. */
  readonly isGone?: true;
}

/** What happened, in its order; `began` and `ended` of the same thing may have others between them. */
export interface Event {
  readonly what: "create" | "update" | "delete";
  readonly stage: "began" | "ended";
  readonly urn: string;
}

/** A project of the model: a file with what exists, and a file with what happened. Each operation of Pulumi has a process of its own. */
export class Cloud {
  private readonly things: Map<string, Thing>;

  constructor(private readonly file: string) {
    const stored = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as readonly Thing[]) : [];
    this.things = new Map(stored.map((thing) => [key(thing), thing]));
  }

  all(type?: string): readonly Thing[] {
    return [...this.things.values()].filter((thing) => type === undefined || thing.type === type);
  }

  /** Whatever has this id; ids are unique among types, and for a member of a policy within its type. */
  get(type: string, id: string): Thing | undefined {
    return this.things.get(key({ type, id }));
  }

  put(thing: Thing): void {
    this.things.set(key(thing), thing);
    this.save();
  }

  remove(type: string, id: string): void {
    this.things.delete(key({ type, id }));
    this.save();
  }

  note(event: Event): void {
    appendFileSync(journalOf(this.file), `${JSON.stringify(event)}\n`);
  }

  /** What another process keeps about this project, as it is now. */
  beside(name: string): Cloud {
    return new Cloud(`${this.file}.${name}`);
  }

  private save(): void {
    writeFileSync(this.file, JSON.stringify([...this.things.values()], undefined, 1));
  }
}

/** What happened in a project so far. */
export function events(file: string): readonly Event[] {
  const journal = journalOf(file);
  if (!existsSync(journal)) return [];
  return readFileSync(journal, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);
}

/** A text in the inputs of a thing; empty where there is none. */
export function at(inputs: WireObject, ...path: readonly string[]): string {
  const found = path.reduce<WireValue | undefined>(
    (value, part) => (isObject(value) ? value[part] : undefined),
    inputs,
  );
  return typeof found === "string" ? found : "";
}

const key = ({ type, id }: Pick<Thing, "type" | "id">) => `${type} ${id}`;
const journalOf = (file: string) => `${file}.journal`;
