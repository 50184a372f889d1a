import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { WireObject } from "./wire";

/**
 * A property map as a message. Whoever reads it in this process gets the map itself; fields, of which each value would be a message of its own,
 * are made only of what is sent to another process.
 */
export class UnsentStruct extends Struct {
  constructor(private readonly values: WireObject) {
    super();
  }

  override toJavaScript(): WireObject {
    return this.values;
  }

  override getFieldsMap(): ReturnType<Struct["getFieldsMap"]> {
    return Struct.fromJavaScript(this.values).getFieldsMap();
  }
}
