/** Says how each test has ended as soon as it has: a suite can take minutes. Failures are explained by Jest's own reporter. */
module.exports = class {
  onTestCaseResult(test, { status, fullName, duration }) {
    const mark = { passed: "✓", failed: "✗" }[status] ?? "-";
    process.stderr.write(`  ${mark} ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)\n`);
  }
};
