import { STACK_TYPE } from "../../../preview/run/registration";
import { displayType, tree } from "../../../preview/show/tree";
import { resource } from "../../support/resource";

const stack = resource({ urn: "stack", type: STACK_TYPE, name: "shop-dev", custom: false });
const pool = resource({ urn: "pool", type: "shop:pool:Pool", name: "docker", parent: "stack", custom: false });
const key = (name: string, protect = false) =>
  resource({ urn: name, type: "tls:index/privateKey:PrivateKey", name, parent: "pool", protect });

describe("the tree", () => {
  test("counts what is alike, in natural order, and what is protected separately", () => {
    expect(tree([stack, pool, key("key-10"), key("key-2"), key("root", true)])).toMatchObject({
      name: "shop-dev",
      branches: [
        {
          name: "docker",
          groups: [
            { names: ["key-2", "key-10"], protect: false },
            { names: ["root"], protect: true },
          ],
        },
      ],
    });
  });

  test("is empty when nothing was registered", () => {
    expect(tree([])).toMatchObject({ groups: [], branches: [] });
  });

  test.each([
    ["kubernetes:apps/v1:StatefulSet", "kubernetes StatefulSet"],
    ["kubernetes:core/v1:Secret", "kubernetes Secret"],
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes NetworkPolicy"],
    ["kubernetes:crd.projectcalico.org/v1:NetworkPolicy", "kubernetes crd.projectcalico.org NetworkPolicy"],
    ["gcp:compute/disk:Disk", "gcp compute Disk"],
    ["random:index/randomBytes:RandomBytes", "random RandomBytes"],
    ["pulumi:providers:kubernetes", "provider kubernetes"],
  ])("calls %s a %s", (type, spoken) => {
    expect(displayType(type)).toBe(spoken);
  });
});
