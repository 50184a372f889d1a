import { analyzer } from "./analyzer";
import { UNKNOWN } from "./unknown-values";

const { analyzeStack } = analyzer();

describe("certificates", () => {
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000 + 60_000).toISOString();
  const certificate = (props: object, type = "tls:index/selfSignedCert:SelfSignedCert") => ({
    type,
    name: "docker-0-daemon",
    props,
  });

  test.each([
    ["ends in 89 days", { validityEndTime: inDays(89) }, "expires in 89 days (validityEndTime)"],
    ["ends today", { validityEndTime: inDays(0) }, "expires in 0 days (validityEndTime)"],
    ["has ended", { validityEndTime: inDays(-3) }, "has expired (validityEndTime)"],
    [
      "is due for renewal",
      { validityEndTime: inDays(400), readyForRenewal: true },
      "is due for renewal (readyForRenewal)",
    ],
  ])("are reported when one %s", async (_what, props, message) => {
    const found = await analyzeStack([certificate(props)]);
    expect(found).toEqual([expect.objectContaining({ policy: "certificates-not-expiring", level: "advisory" })]);
    expect(found[0]?.message).toContain(
      `SelfSignedCert docker-0-daemon: the certificate ${message}. Renew it before its last day`,
    );
  });

  test("are reported when a local authority has signed them", async () => {
    const found = await analyzeStack([
      certificate({ validityEndTime: inDays(1) }, "tls:index/locallySignedCert:LocallySignedCert"),
    ]);
    expect(found).toHaveLength(1);
  });

  test("pass when they last", async () => {
    expect(await analyzeStack([certificate({ validityEndTime: inDays(90), readyForRenewal: false })])).toEqual([]);
  });

  test("are no other resources that end", async () => {
    expect(
      await analyzeStack([certificate({ validityEndTime: inDays(1) }, "tls:index/certRequest:CertRequest")]),
    ).toEqual([]);
  });

  test.each([
    ["made by this update", { validityEndTime: UNKNOWN.text }, "the certificate is only made by this update"],
    ["without a last day yet", {}, "the certificate is only made by this update"],
    ["with a last day that is none", { validityEndTime: "soon" }, "the certificate's last day cannot be read"],
  ])("are noted when %s", async (_what, props, message) => {
    const found = await analyzeStack([certificate(props)]);
    expect(found.map(({ policy }) => policy)).toEqual(["stack-notes"]);
    expect(found[0]?.message).toContain(`${message} (validityEndTime). Its last day is checked after up.`);
  });

  test("are reported further ahead when configuration says so", async () => {
    const { analyzeStack: configured } = analyzer({ "certificates-not-expiring": { days: 200 } });
    expect(await configured([certificate({ validityEndTime: inDays(150) })])).toHaveLength(1);
  });

  test.each([0, -5, "30", null])(
    "are reported as far ahead as ever when the configuration says %j days",
    async (days) => {
      const { analyzeStack: configured } = analyzer({ "certificates-not-expiring": { days } });
      expect(await configured([certificate({ validityEndTime: inDays(89) })])).toHaveLength(1);
      expect(await configured([certificate({ validityEndTime: inDays(90) })])).toEqual([]);
    },
  );
});
