// The table of cases kills most mutants, and what comes after a failing file is not run.
const { default: Sequencer } = require("@jest/test-sequencer");

module.exports = class extends Sequencer {
  sort(tests) {
    const isTable = ({ path }) => path.endsWith("by-rule.mutation.ts");
    return [...tests].sort((a, b) => Number(isTable(b)) - Number(isTable(a)) || a.path.localeCompare(b.path));
  }
};
