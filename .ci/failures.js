// Which tests failed, and why, from reports of Jest's (`--json`): `node .ci/failures.js REPORT…`. For the end of a long
// output, whose beginning is often all that is lost.
const { readFileSync } = require("node:fs");
const path = require("node:path");
const { stripVTControlCharacters } = require("node:util");

/** How many lines of a failure's text are shown: what was expected and what was there, not the whole of a long list. */
const LINES = 30;

const shortened = (text) => {
  const lines = stripVTControlCharacters(text).trim().split("\n");
  const rest = lines.length - LINES;
  return [...lines.slice(0, LINES), ...(rest > 0 ? [`… and ${rest} more lines`] : [])];
};

function* failures(report) {
  for (const suite of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const file = path.relative(process.cwd(), suite.name);
    const failed = suite.assertionResults.filter(({ status }) => status === "failed");
    // A suite that cannot be loaded has no tests.
    if (suite.status === "failed" && failed.length === 0) yield [file, suite.message];
    for (const { fullName, failureMessages } of failed) yield [`${file}: ${fullName}`, failureMessages.join("\n")];
  }
}

for (const report of process.argv.slice(2))
  for (const [title, text] of failures(report))
    process.stdout.write(`${[`✗ ${title}`, ...shortened(text).map((line) => `    ${line}`)].join("\n")}\n`);
