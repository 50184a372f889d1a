import { parse, STACK, type Stack } from "./stack";

const PROXY = { proxy: { url: "http://proxy.example.com:3128", direct: [".example.com"] } };
const read = (change: Stack) => parse({ ...STACK, "gocd:company": PROXY, ...change });
const directOf = ({
  company,
}: {
  readonly company: { readonly proxy?: { readonly direct: readonly string[] } | undefined };
}) => company.proxy?.direct;

describe("hosts that are asked without the proxy", () => {
  test("are, beside those of the settings, the pods and Services of a cluster that is made here, and Docker's networks", () => {
    const { server, agents } = read({});
    expect(directOf(server)).toEqual(["10.20.0.0/16", "10.30.0.0/20", ".example.com"]);
    expect(agents.map(directOf)).toEqual([["10.20.0.0/16", "10.30.0.0/20", "172.30.0.0/16", ".example.com"]]);
  });

  test("follow the settings' own ranges, of a pool's own proxy too", () => {
    const { agents } = read({
      "gocd:cluster": { create: { ranges: { pods: "10.60.0.0/16", services: "10.70.0.0/20" } } },
      "gocd:agents": {
        docker: { company: { proxy: { url: "http://other" } }, dind: { addressPools: ["172.31.0.0/16"] } },
      },
    });
    expect(agents.map(directOf)).toEqual([["10.60.0.0/16", "10.70.0.0/20", "172.31.0.0/16"]]);
  });

  test("are those of the settings alone where nobody knows the cluster's ranges", () => {
    const { server } = read({ "gocd:cluster": { existing: { context: "kind" } } });
    expect(directOf(server)).toEqual([".example.com"]);
  });
});

test("without a proxy nothing is asked without it", () => {
  const { server, agents } = parse(STACK);
  expect([server, ...agents].map(directOf)).toEqual([undefined, undefined]);
});
