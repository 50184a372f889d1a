// The tests that judge the rules in this process; the ones that start a policy host would start the compiled pack, which
// holds no mutants, and the ones that try thousands of values would only take long.
const TESTS =
  "{certificates,claims,configuration,exceptions,host-paths-setting,malformed,messages,profiles/*,remedies,report,unknown}";

module.exports = {
  ...require("../../jest.config"),
  rootDir: "../..",
  // Jest looks through these anew for every mutant.
  roots: ["<rootDir>/policy", "<rootDir>/tests/policy"],
  testMatch: [`<rootDir>/tests/policy/${TESTS}.test.ts`, "<rootDir>/tests/policy/by-rule.mutation.ts"],
  testEnvironment: require.resolve("./first-failure"),
  // They start the programs of other tests.
  globalSetup: undefined,
  globalTeardown: undefined,
  testSequencer: require.resolve("./by-rule-first"),
};
