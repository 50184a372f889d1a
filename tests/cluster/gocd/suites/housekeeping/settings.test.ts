import { SERVER_NAMESPACE } from "../../deploy";
import { askServer, backUp, gocd, SERVER_BACKUPS } from "../../server";
import { tellHousekeeping } from "../../short-timeouts";
import { exec } from "../../../kubernetes/kubectl";
import { describeBesideStandIns, expectToBecome, useAgents } from "./fixture";

describeBesideStandIns("beside the stand-in of the server,", () => {
  useAgents();

  describe("a managed setting is brought back after somebody has changed it, and follows the stack file:", () => {
    const siteUrls = { path: "/go/api/admin/config/server/site_urls", version: 1 };
    const backup = { path: "/go/api/config/backup", version: 1, headers: { "X-GoCD-Confirm": "true" } };
    const artifacts = { path: "/go/api/admin/config/server/artifact_config", version: 1 };
    const environments = { path: "/go/api/admin/environments", version: 3 };

    const siteUrl = async () => (await gocd<{ readonly site_url: string }>(siteUrls)).site_url;
    const backups = async () => {
      const { schedule, post_backup_script } = await gocd<Record<"schedule" | "post_backup_script", string>>(backup);
      return { schedule, postBackupScript: post_backup_script };
    };
    const purge = async () =>
      (await gocd<{ readonly purge_settings: { readonly purge_start_disk_space: number } }>(artifacts)).purge_settings
        .purge_start_disk_space;
    const named = async () => {
      const { _embedded } = await gocd<{
        readonly _embedded: { readonly environments: readonly { readonly name: string }[] };
      }>(environments);
      return _embedded.environments.map(({ name }) => name).filter((name) => name !== "edited");
    };

    test("site URL", async () => {
      const before = await siteUrl();
      await gocd({ ...siteUrls, method: "PUT", body: { site_url: "http://elsewhere.example", secure_site_url: "" } });
      await expectToBecome(siteUrl, before);
      await tellHousekeeping({ managed: { siteUrl: "http://gocd.example" } });
      await expectToBecome(siteUrl, "http://gocd.example");
      await tellHousekeeping({});
      await expectToBecome(siteUrl, before);
    });

    test("backup schedule and script", async () => {
      const before = await backups();
      const byHand = { schedule: "0 0 3 * * ?", email_on_success: false, email_on_failure: false };
      await gocd({ ...backup, method: "PUT", body: byHand });
      await expectToBecome(backups, before);
      const later = { ...before, schedule: "0 0 4 * * ?" };
      await tellHousekeeping({ managed: { backup: later } });
      await expectToBecome(backups, later);
      await tellHousekeeping({});
      await expectToBecome(backups, before);
    });

    test("purging of artifacts", async () => {
      const before = await purge();
      const { headers } = await askServer(artifacts);
      await gocd({
        ...artifacts,
        method: "PUT",
        headers: { "If-Match": headers["etag"] ?? "" },
        body: {
          artifacts_dir: "artifacts",
          purge_settings: { purge_start_disk_space: before + 1, purge_upto_disk_space: before + 9 },
        },
      });
      await expectToBecome(purge, before);
      await tellHousekeeping({ managed: { artifacts: { purgeStartGib: before + 3, purgeUptoGib: before + 5 } } });
      await expectToBecome(purge, before + 3);
      await tellHousekeeping({});
      await expectToBecome(purge, before);
    });

    test("environments, which are made again and never removed", async () => {
      await gocd({ ...environments, path: `${environments.path}/docker`, method: "DELETE", headers: backup.headers });
      await expectToBecome(named, ["docker"]);
    });
  });

  test("where there is no bucket, backups older than the settings say go when the next one is made", async () => {
    const inServer = async (script: string) =>
      (await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-ec", `cd ${SERVER_BACKUPS}; ${script}`]))
        .stdout;
    await backUp();
    const named = "backup_20260101-0000";
    await inServer(
      `for days in 29 31; do mkdir ${named}$days; touch -d "@$(($(date +%s) - days * 86400))" ${named}$days; sleep 1; done`,
    );
    const newest = await backUp();
    const left = (await inServer("ls")).trim().split("\n");
    expect(left).toEqual(expect.arrayContaining([`${named}29`, newest]));
    expect(left).not.toContain(`${named}31`);
  });
});
