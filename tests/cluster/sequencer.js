const { default: Sequencer } = require("@jest/test-sequencer");

/** The suites share one cluster: they run in the order of their names, whatever took how long or failed last time. */
module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => a.path.localeCompare(b.path));
  }
};
