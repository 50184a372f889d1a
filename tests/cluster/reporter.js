const path = require("node:path");

/** Says how each test has ended as soon as it has: a suite can take minutes. Failures are explained by Jest's own reporter. */
module.exports = class {
  onTestCaseResult(test, { status, fullName, duration }) {
    const mark = { passed: "✓", failed: "✗" }[status] ?? "-";
    const suite = path.basename(test.path, ".test.ts");
    process.stderr.write(`  ${mark} ${suite}: ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)\n`);
  }
};
