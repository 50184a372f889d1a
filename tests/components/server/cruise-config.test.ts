import { DOMParser, type Element } from "@xmldom/xmldom";
import * as fc from "fast-check";
import { cruiseConfig, type CruiseConfig } from "../../../components/server/cruise-config";

const CONFIG: CruiseConfig = {
  serverId: "id",
  tokenGenerationKey: "token-key",
  webhookSecret: "webhook",
  autoRegisterKey: "register",
  passwordFile: "/etc/gocd-server/passwd",
  admins: ["admin", "housekeeping"],
  siteUrl: "https://ci.example.com",
  backupSchedule: "0 0 2 * * ?",
  postBackupScript: "/usr/local/bin/prune-backups",
  purge: { start: 10, upto: 20 },
  environments: ["docker"],
};

/** A parser other than the library that wrote the text. */
function parse(xml: string) {
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const all = (path: string) =>
    path
      .split("/")
      .reduce<Element[]>(
        (found, name) =>
          found.flatMap((element) =>
            Array.from(element.childNodes).filter((child): child is Element => child.nodeName === name),
          ),
        [document as unknown as Element],
      );
  return {
    texts: (path: string) => all(path).map((element) => element.textContent),
    attribute: (path: string, name: string) => all(path)[0]?.getAttribute(name),
    children: (path: string) =>
      Array.from(all(path)[0]?.childNodes ?? [])
        .map(({ nodeName }) => nodeName)
        .filter((name) => name !== "#text"),
  };
}

describe("the first configuration", () => {
  const seeded = parse(cruiseConfig(CONFIG));

  test("lets nobody in without a log-in", () => {
    const property = "cruise/server/security/authConfigs/authConfig/property";
    expect([seeded.texts(`${property}/key`), seeded.texts(`${property}/value`)]).toEqual([
      ["PasswordFilePath"],
      ["/etc/gocd-server/passwd"],
    ]);
    expect(seeded.texts("cruise/server/security/admins/user")).toEqual(["admin", "housekeeping"]);
  });

  test("holds the elements in the order of GoCD's schema", () => {
    expect(seeded.children("cruise/server")).toEqual(["security", "backup", "siteUrls", "artifacts"]);
  });

  test("names a secure site URL only where there is one", () => {
    expect(seeded.children("cruise/server/siteUrls")).toEqual(["siteUrl", "secureSiteUrl"]);
    expect(
      parse(cruiseConfig({ ...CONFIG, siteUrl: "http://127.0.0.1:8153" })).children("cruise/server/siteUrls"),
    ).toEqual(["siteUrl"]);
  });

  test("has no element for environments where there are none", () => {
    expect(parse(cruiseConfig({ ...CONFIG, environments: [] })).children("cruise")).toEqual(["server"]);
  });

  // Every character that XML 1.0 can carry at all; line ends and tabs are normalised in attributes and so left out.
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom("<", ">", "&", '"', "'", "]]>", "<!--", "&amp;", "é", "𝄞"),
        fc.string({ unit: "grapheme-ascii", minLength: 1 }),
      ),
      { minLength: 1 },
    )
    .map((parts) => parts.join(""))
    .filter((text) => text.trim() !== "");

  test("carries any text in any field through a parser unchanged", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const fields = {
          serverId: text,
          tokenGenerationKey: text,
          webhookSecret: text,
          autoRegisterKey: text,
          passwordFile: text,
          backupSchedule: text,
          postBackupScript: text,
          siteUrl: `https:${text}`,
        };
        const read = parse(cruiseConfig({ ...CONFIG, ...fields, admins: [text], environments: [text] }));
        const attributes = [
          ["cruise/server", "serverId"],
          ["cruise/server", "tokenGenerationKey"],
          ["cruise/server", "webhookSecret"],
          ["cruise/server", "agentAutoRegisterKey"],
          ["cruise/server/backup", "schedule"],
          ["cruise/server/backup", "postBackupScript"],
          ["cruise/environments/environment", "name"],
        ] as const;
        expect(attributes.map(([path, name]) => read.attribute(path, name))).toEqual(attributes.map(() => text));
        const elements = ["security/authConfigs/authConfig/property/value", "security/admins/user"];
        expect(elements.map((path) => read.texts(`cruise/server/${path}`))).toEqual(elements.map(() => [text]));
        for (const path of ["siteUrls/siteUrl", "siteUrls/secureSiteUrl"])
          expect(read.texts(`cruise/server/${path}`)).toEqual([`https:${text}`]);
      }),
    );
  });
});
