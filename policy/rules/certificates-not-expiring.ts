import { isUnknown, text } from "../reading/values";
import { Findings, type StackRule } from "../rule";

const CERTIFICATE_TYPES: ReadonlySet<string> = new Set([
  "tls:index/selfSignedCert:SelfSignedCert",
  "tls:index/locallySignedCert:LocallySignedCert",
]);

const DAYS_BY_DEFAULT = 90;
const dayMs = 24 * 60 * 60 * 1000;

/** Agents stop at the first restart after their certificate's last day; this is said a quarter of a year ahead. */
export const certificatesNotExpiring: StackRule = {
  name: "certificates-not-expiring",
  formerNames: ["certificates-last"],
  description: `No certificate of the stack expires within the next ${DAYS_BY_DEFAULT} days.`,
  // The calendar breaks this rule, not a change: to refuse would stop the very update that repairs something else.
  level: "advisory",
  severity: "high",
  standards: [],
  url: "https://www.pulumi.com/registry/packages/tls/",
  breaks: [
    "tls.SelfSignedCert or LocallySignedCert whose validityEndTime is less than 90 days away",
    "one that is readyForRenewal",
  ],
  obeys: ["a certificate that lasts longer", "one that is only made by this update (noted)"],
  instead: "Renew it before its last day; for agents of GoCD, raise the pool's `rotation`.",
  settings: {
    days: {
      type: "number",
      default: DAYS_BY_DEFAULT,
      minimum: 1,
      description: "Days ahead that an expiry is reported",
    },
  },
  checkStack: (resources, config) => {
    const findings = new Findings();
    const days = typeof config["days"] === "number" && config["days"] > 0 ? config["days"] : DAYS_BY_DEFAULT;
    for (const resource of resources) {
      if (!CERTIFICATE_TYPES.has(resource.type)) continue;
      const { root } = resource.index;
      const { refuse, note } = findings.at(resource, root);
      const { validityEndTime, readyForRenewal } = root.value;
      const end = Date.parse(text(validityEndTime) ?? "");
      const left = Math.floor((end - Date.now()) / dayMs);
      if (left < 0) refuse("the certificate has expired", "validityEndTime");
      else if (left < days) refuse(`the certificate expires in ${left} days`, "validityEndTime");
      else if (readyForRenewal === true) refuse("the certificate is due for renewal", "readyForRenewal");
      else if (Number.isNaN(end)) {
        const found =
          isUnknown(validityEndTime) || validityEndTime === undefined
            ? "the certificate is only made by this update"
            : "the certificate's last day cannot be read";
        note(found, "validityEndTime", "Its last day is checked after up.");
      }
    }
    return findings;
  },
};
