import { MalformedBody, Refusal } from "./http";

/** A JSON object from a request, read as com.thoughtworks.go.api.representers.JsonReader reads it. */
export class Body {
  constructor(private readonly json: Record<string, unknown>) {}

  /** Nothing at all is read as an empty object. */
  static parse(text: string): Body {
    let json: unknown;
    try {
      json = JSON.parse(text === "" ? "{}" : text);
    } catch (error) {
      throw new MalformedBody((error as Error).message);
    }
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw new MalformedBody("not an object");
    return new Body(json as Record<string, unknown>);
  }

  has(property: string): boolean {
    return this.json[property] !== undefined && this.json[property] !== null;
  }

  string(property: string): string | undefined {
    const value = this.json[property];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    if (typeof value !== "number" && typeof value !== "boolean") throw this.refuse(property, "a String");
    return String(value);
  }

  number(property: string): number | undefined {
    const value = this.string(property);
    if (value !== undefined && Number.isNaN(Number(value))) throw this.refuse(property, "a String");
    return value === undefined ? undefined : Number(value);
  }

  boolean(property: string): boolean | undefined {
    const value = this.json[property];
    if (value === undefined) return undefined;
    if (typeof value !== "boolean" && typeof value !== "string") throw this.refuse(property, "a Boolean");
    return String(value) === "true";
  }

  object(property: string): Body | undefined {
    const value = this.json[property];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) throw this.refuse(property, "a JsonObject");
    return new Body(value as Record<string, unknown>);
  }

  array(property: string): unknown[] | undefined {
    const value = this.json[property];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw this.refuse(property, "a JsonArray");
    return value as unknown[];
  }

  strings(property: string): string[] {
    return (this.array(property) ?? []).map(String);
  }

  required(property: string): string {
    const value = this.string(property);
    if (value === undefined)
      throw new Refusal(422, `Json \`${JSON.stringify(this.json)}\` does not contain property '${property}'`);
    return value;
  }

  private refuse(property: string, kind: string): Refusal {
    return new Refusal(
      422,
      `Could not read property '${property}' as ${kind} in json \`${JSON.stringify(this.json)}\` `,
    );
  }
}
