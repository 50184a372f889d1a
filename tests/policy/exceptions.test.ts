import { Exceptions } from "../../policy/exceptions";
import { analyzer, notes, refusals } from "./analyzer";
import { withHostPath } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const OBJECT = "Pod logging/fluent-bit";
const REASON = "reads the container logs, reviewed by the platform team";
const UNTIL = "2999-12-31";
const NODE_AGENT = { ...withHostPath("/var/run/docker.sock"), metadata: { name: "fluent-bit", namespace: "logging" } };
const RESOURCE = { type: POD, props: NODE_AGENT };

const exempting = (exception: unknown) => analyzer({ "no-runtime-sockets": { exceptions: [exception] } });
const exempt = (exception: unknown) => exempting(exception).analyze(RESOURCE);

describe("exceptions", () => {
  test("let pass what they name, and the report repeats the reason", async () => {
    const found = await exempt({ object: OBJECT, reason: REASON, until: UNTIL });
    expect(refusals(found)).toEqual([]);
    expect(notes(found)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^no-runtime-sockets makes an exception: ${OBJECT}, volume sock: host path /var/run/docker.sock .* Reason: ${REASON}$`,
        ),
      ),
    ]);
  });

  test("take a part of what is found", async () => {
    expect(
      refusals(await exempt({ object: OBJECT, found: "/var/run/docker.sock", reason: REASON, until: UNTIL })),
    ).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["without a reason", { object: OBJECT, until: UNTIL }, "its reason has fewer than 10 characters"],
    ["with a reason of a word", { object: OBJECT, reason: "needed", until: UNTIL }, "its reason has fewer"],
    ["with a reason of spaces", { object: OBJECT, reason: " ".repeat(30), until: UNTIL }, "its reason has fewer"],
    ["for everything", { object: "*", reason: REASON, until: UNTIL }, "it has a *"],
    ["for a pattern", { object: "Pod logging/*", reason: REASON, until: UNTIL }, "it has a *"],
    ["for a pattern of what is found", { object: OBJECT, found: "/var/*", reason: REASON, until: UNTIL }, "it has a *"],
    ["without an end", { object: OBJECT, reason: REASON }, "it has no last day"],
    ["with an end that is no day", { object: OBJECT, reason: REASON, until: "next year" }, "it has no last day"],
    ["with an end that no month has", { object: OBJECT, reason: REASON, until: "2999-13-01" }, "it has no last day"],
    ["that ended", { object: OBJECT, reason: REASON, until: "2020-01-31" }, "it ended on 2020-01-31"],
    ["for no object", { reason: REASON, until: UNTIL }, "it names no object"],
    ["for spaces", { object: "   ", reason: REASON, until: UNTIL }, "it names no object"],
    ["that are no object", OBJECT, "it names no object"],
  ])("do not count %s, and the report says why", async (_what, exception, why) => {
    const found = await exempt(exception);
    expect(refusals(found)).not.toEqual([]);
    expect(notes(found).join("\n")).toMatch(/^no-runtime-sockets: the exception for .+ does not count: /);
    expect(notes(found).join("\n")).toContain(why);
  });

  test.each([
    ["something else", { object: "Pod logging/fluentd", reason: REASON, until: UNTIL }],
    ["the beginning of a name", { object: "Pod logging/fluent", reason: REASON, until: UNTIL }],
    [
      "a name with a dot that stands for any character",
      { object: "Pod logging.fluent-bit", reason: REASON, until: UNTIL },
    ],
    ["something else that was found", { object: OBJECT, found: "host path /proc", reason: REASON, until: UNTIL }],
  ])("for %s cover nothing", async (_what, exception) => {
    expect(refusals(await exempt(exception))).not.toEqual([]);
  });

  test("hold for their own rule only", async () => {
    const { analyze } = analyzer({
      "no-host-paths": { exceptions: [{ object: OBJECT, reason: REASON, until: UNTIL }] },
    });
    expect(refusals(await analyze(RESOURCE))).not.toEqual([]);
  });

  test("hold through their last day and not longer", () => {
    const config = { exceptions: [{ object: OBJECT, reason: REASON, until: "2027-06-30" }] };
    expect(new Exceptions(config, "2027-06-30").problems).toEqual([]);
    expect(new Exceptions(config, "2027-07-01").problems).toEqual([
      `the exception for ${OBJECT} does not count: it ended on 2027-06-30. Mend the object, or decide anew.`,
    ]);
  });

  test("are told of once in a run when they do not count", async () => {
    const { analyze } = exempting({ object: "*", reason: REASON, until: UNTIL });
    expect(notes(await analyze(RESOURCE))).toHaveLength(1);
    expect(notes(await analyze(RESOURCE))).toEqual([]);
  });

  test("that nothing needs are told of at the end, and those in use are not", async () => {
    const exceptions = [
      { object: OBJECT, reason: REASON, until: UNTIL },
      { object: "Pod shop/gone", found: "/run", reason: REASON, until: UNTIL },
    ];
    const { analyze, analyzeStack } = analyzer({ "no-runtime-sockets": { exceptions } });
    await analyze(RESOURCE);
    const found = await analyzeStack([RESOURCE]);
    expect(found.map(({ policy, message }) => `${policy}: ${message}`)).toEqual([
      "stack-notes: no-runtime-sockets: the exception for Pod shop/gone, /run covers nothing in this run. Take it out of the configuration.",
    ]);
  });
});
