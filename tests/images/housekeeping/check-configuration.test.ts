import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asksForLogIn, checkConfiguration, WITHOUT_LOGIN } from "../../../images/housekeeping/src/check-configuration";
import { logger } from "../../../images/housekeeping/src/log";
import { runOrExit } from "../../../images/housekeeping/src/main";
import * as settings from "../../../settings/plugins";

const LOG_IN = `<security><authConfigs><authConfig id="a" pluginId="p"/></authConfigs></security>`;
const cruise = (security: string, rest = "") => `<cruise><server>${security}</server>${rest}</cruise>`;

describe("a configuration", () => {
  test.each([
    ["is one line", cruise(LOG_IN)],
    ["begins as files of Windows do", `\ufeff<?xml version="1.0"?>\r\n${cruise(LOG_IN)}\r\n`],
    [
      "has attributes and comments between",
      cruise(LOG_IN.replaceAll("<authConfigs>", "<!-- a -->\n<authConfigs x='>'>")),
    ],
    ["has several log-ins", cruise(LOG_IN.replace("</authConfigs>", '<authConfig id="b"/></authConfigs>'))],
    ["has its parts in another order", `<cruise><pipelines/><server><artifacts/>${LOG_IN}</server></cruise>`],
  ])("that %s asks for a log-in", (_, xml) => {
    expect(asksForLogIn(new TextDecoder().decode(Buffer.from(xml)))).toBe(true);
  });

  test.each([
    ["no server", "<cruise/>"],
    ["no <security>", cruise("")],
    ["no log-in", cruise("<security><authConfigs/></security>")],
    ["one in a comment", cruise(`<!-- ${LOG_IN} -->`)],
    [
      "one that a comment begins before",
      cruise(`<security><!-- --><!-- <authConfigs><authConfig/></authConfigs> --></security>`),
    ],
    ["one in character data", cruise(`<![CDATA[${LOG_IN}]]>`)],
    ["one in a processing instruction", cruise(`<?x ${LOG_IN}?>`)],
    ["one in an attribute", cruise(`<security a="&lt;authConfig/>"/>`)],
    ["one for something else", cruise("", `<pipelines>${LOG_IN}</pipelines>`)],
    ["one under another root", `<x>${cruise(LOG_IN)}</x>`],
    ["one outside of <authConfigs>", cruise(`<security><authConfig id="a"/></security>`)],
    ["one with another name", cruise(LOG_IN.replaceAll("authConfig ", "authConfigX "))],
    ...WITHOUT_LOGIN.map((plugin): [string, string] => [
      `one of ${plugin} beside another`,
      cruise(LOG_IN.replace("</authConfigs>", `<authConfig id="b" pluginId="${plugin}"/></authConfigs>`)),
    ]),
  ])("with %s does not", (_, xml) => {
    expect(asksForLogIn(xml)).toBe(false);
  });

  test("is opened by the plugins that settings refuse", () => {
    expect(WITHOUT_LOGIN).toEqual(settings.WITHOUT_LOGIN);
  });

  test.each([
    ["nothing", "", ""],
    ["an element that does not end", `<cruise>\n<server>${LOG_IN}`, "line"],
    ["text after its end", `${cruise(LOG_IN)}hunter2`, "line 1"],
    ["an entity that is nowhere", cruise(`${LOG_IN}&hunter2;`), "line 1"],
    ["a log-in from an entity", `<!DOCTYPE cruise [<!ENTITY hunter2 '${LOG_IN}'>]>${cruise("&hunter2;")}`, "line 1"],
    ["what is not XML", "hunter2: 1", "line"],
  ])("with %s is refused with the line, and without its content", (_, xml, line) => {
    const refusal = (() => {
      try {
        return String(asksForLogIn(xml));
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(refusal).toContain("is no XML that can be read");
    expect(refusal).toContain(line);
    expect(refusal).not.toContain("hunter2");
  });
});

describe("the step between clone and server", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "configuration-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function check(xml?: string): Promise<readonly [status: number | undefined, said: string]> {
    if (xml !== undefined) {
      mkdirSync(join(folder, ".clone"), { recursive: true });
      writeFileSync(join(folder, ".clone/cruise-config.xml"), xml);
    }
    let status: number | undefined;
    let said = "";
    const env = { CONFIGURATION_FOLDER: folder };
    const exit = (ended: number) => (status ??= ended);
    await runOrExit(
      { env, once: () => undefined, exit },
      logger({ write: (line) => (said += line) }),
      checkConfiguration,
    );
    return [status, said];
  }

  test("ends well where nothing was cloned", async () => {
    expect(await check()).toEqual([0, ""]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("looks where the server has its configuration unless it is told otherwise", async () => {
    const exit = jest.fn();
    await checkConfiguration({ env: {}, once: () => undefined, exit }, logger({ write: () => undefined }));
    expect(exit).toHaveBeenCalledWith(0);
  });

  test("ends badly for a server that would be open, and takes back what an earlier one noted", async () => {
    expect((await check(cruise(LOG_IN)))[0]).toBe(0);
    expect(readdirSync(folder)).toContain(".checked");
    const [status, said] = await check(cruise(""));
    expect([status, said]).toEqual([1, expect.stringContaining("GoCD would start open to everybody")]);
    expect(readdirSync(folder)).toEqual([".clone"]);
  });

  test("ends badly where the configuration cannot be read", async () => {
    mkdirSync(join(folder, ".clone/cruise-config.xml"), { recursive: true });
    expect((await check())[0]).toBe(1);
  });
});
