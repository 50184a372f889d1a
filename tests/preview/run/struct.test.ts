import { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UnsentStruct } from "../../../preview/run/struct";

const VALUES = {
  none: null,
  on: true,
  size: 3,
  name: "docker",
  tags: ["a", ["b"], {}],
  place: { zone: "europe-west1-b" },
};

test("gives a property map to this process as it is", () => {
  const response = new RegisterResourceResponse().setObject(new UnsentStruct(VALUES));
  expect(response.getObject()?.toJavaScript()).toBe(VALUES);
});

test("sends to another process what Pulumi's own message would", () => {
  const sent = new RegisterResourceResponse().setObject(new UnsentStruct(VALUES)).serializeBinary();
  expect(sent).toEqual(new RegisterResourceResponse().setObject(Struct.fromJavaScript(VALUES)).serializeBinary());
  expect(RegisterResourceResponse.deserializeBinary(sent).getObject()?.toJavaScript()).toEqual(VALUES);
});
