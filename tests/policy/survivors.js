// A reporter for Stryker: what survives is in survivors.md with its reason, and nothing is there that does not survive.
const { readFileSync } = require("node:fs");
const { basename, join } = require("node:path");

const page = join(__dirname, "survivors.md");

/** The mutants that a page lists: the lines of its code blocks. */
function listed(markdown) {
  const blocks = [...markdown.matchAll(/^```text\n(.*?)^```$/gms)];
  return blocks.flatMap(([, lines = ""]) => lines.split("\n").filter((line) => line !== ""));
}

/** A mutant in its line: `rule: code [[what stands there => what the mutant puts there]] code`. */
function described(path, source, { location: { start, end }, replacement }) {
  const lines = source.split("\n");
  const before = lines[start.line - 1].slice(0, start.column - 1).trimStart();
  const after = lines[end.line - 1].slice(end.column - 1);
  const between = lines.slice(start.line - 1, end.line);
  between[between.length - 1] = between.at(-1).slice(0, end.column - 1);
  between[0] = between[0].slice(start.column - 1);
  const short = (code) => code.replace(/\s+/g, " ").replace(/^(.{80}).+$/, "$1…");
  return `${basename(path, ".ts")}: ${before}[[${short(between.join("\n"))} => ${short(replacement)}]]${after}`;
}

/** What a report and a list of survivors do not agree about; a list is only asked about rules that the report is about. */
function disagreements(report, list) {
  const survives = new Set();
  for (const [path, { source, mutants }] of Object.entries(report.files)) {
    for (const mutant of mutants) {
      if (["Survived", "NoCoverage"].includes(mutant.status)) survives.add(described(path, source, mutant));
    }
  }
  const rules = Object.keys(report.files).map((path) => `${basename(path, ".ts")}: `);
  return {
    unlisted: [...survives].filter((mutant) => !list.includes(mutant)),
    gone: list.filter((mutant) => !survives.has(mutant) && rules.some((rule) => mutant.startsWith(rule))),
  };
}

// Read here, where Stryker takes an error for one.
const list = listed(readFileSync(page, "utf8"));

class Survivors {
  onMutationTestReportReady(report) {
    const { unlisted, gone } = disagreements(report, list);
    if (unlisted.length + gone.length === 0) return;
    const told = (heading, mutants) => (mutants.length === 0 ? [] : [`\n${heading}`, ...mutants]);
    const kill = `Survive and are not in ${page}; add a case that kills them, or list them there with a reason:`;
    const lines = [...told(kill, unlisted), ...told(`Are in ${page} and do not survive:`, gone)];
    process.stderr.write(`${lines.join("\n")}\n`);
    process.exitCode = 1;
  }
}

module.exports.strykerPlugins = [{ kind: "Reporter", name: "survivors", injectableClass: Survivors }];
module.exports.listed = listed;
module.exports.disagreements = disagreements;
