// A mutant is killed by one failing test: what comes after it in the file only takes time.
const { TestEnvironment } = require("jest-environment-node");

module.exports = class extends TestEnvironment {
  handleTestEvent(event) {
    if (event.name === "test_fn_failure" || event.name === "hook_failure") this.hasFailed = true;
    if (event.name === "test_start" && this.hasFailed === true) event.test.mode = "skip";
  }
};
