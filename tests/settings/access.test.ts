import { SettingsError, type Problem } from "../../settings/problems";
import { parseSettings } from "../../settings/parse";

import {
  BAD,
  EXISTING_GKE,
  GKE,
  google,
  HOST,
  ingress,
  OPEN,
  REFUSED_ANNOTATIONS,
  SUBNETWORK,
  type Stack,
} from "./access-cases";

function parse(stack: Stack) {
  const present = Object.entries(stack).filter(([, value]) => value !== undefined);
  const config = Object.fromEntries(
    present.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  return parseSettings("dev", config, ["gocd:iapClientSecret"]);
}

function problemsOf(stack: Stack): readonly Problem[] {
  try {
    parse(stack);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings of access", () => {
  test.each(BAD)("refuse %s", (_, stack, key, wanted) => {
    const problems = problemsOf(stack);
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(problems[0]?.wanted).toMatch(wanted);
  });

  test.each(REFUSED_ANNOTATIONS)("refuse the annotation %s", (name) => {
    const problems = problemsOf(ingress({ annotations: { [name]: "x" } }));
    expect(problems.map(({ key }) => key)).toEqual([`gocd:access.ingress.annotations.${name}`]);
  });

  test("take an annotation that says who may connect, or asks somebody else for a log-in first", () => {
    const annotations = {
      "nginx.ingress.kubernetes.io/whitelist-source-range": "203.0.113.0/24",
      "nginx.ingress.kubernetes.io/auth-url": "https://sso.example.com/auth",
      "external-dns.alpha.kubernetes.io/target": "lb.example.com",
    };
    expect(problemsOf(ingress({ annotations }))).toEqual([]);
  });

  test.each(["user:", "group:system:authenticated", "user:system:anonymous", "team:a", "serviceAccount:bot"])(
    "give no rights to somebody who is everybody or nobody: %s",
    (subject) => {
      const problems = problemsOf({ ...GKE, "gocd:roles": { open: [subject] } });
      expect(problems.map(({ key }) => key)).toEqual(["gocd:roles.open[0]"]);
    },
  );

  test("tell every problem inside the map at once", () => {
    const keys = problemsOf({ ...GKE, "gocd:access": { host: "x", google: { address: "inside", allow: "all" } } }).map(
      ({ key }) => key,
    );
    expect(keys).toEqual(["gocd:access.host", "gocd:access.google.address", "gocd:access.google.allow"]);
  });

  test.each([
    ["port-forward", GKE, "http://127.0.0.1:8153", false],
    ["a host", { ...GKE, ...google(OPEN) }, `https://${HOST}`, true],
    ["an Ingress", ingress({}), `https://${HOST}`, true],
    [
      "an address of one's own beside port-forward",
      { ...GKE, "gocd:server": { siteUrl: "https://vpn.example.com" } },
      "https://vpn.example.com",
      false,
    ],
  ])("make the site's address follow: %s", (_, stack, siteUrl, behindProxy) => {
    expect(parse(stack as Stack).server).toMatchObject({ siteUrl, behindProxy });
  });

  test("give an internal load balancer a range of the stack's own network, and take the cluster's where it exists", () => {
    const own = parse({ ...GKE, ...google({ address: "internal" }) });
    expect(own.cluster).toMatchObject({ gatewayApi: true, proxies: "10.40.0.0/23" });
    const theirs = { address: "internal", subnetwork: SUBNETWORK, proxies: "10.9.0.0/23" };
    expect(parse({ ...EXISTING_GKE, ...google(theirs) }).access).toMatchObject({ google: theirs });
  });
});
