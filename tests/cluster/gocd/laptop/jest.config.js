const cluster = require("../../jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  ...cluster,
  projects: undefined,
  displayName: "laptop",
  roots: ["<rootDir>/tests/cluster/gocd/laptop"],
  testMatch: ["<rootDir>/tests/cluster/gocd/laptop/*.test.ts"],
  // The tests of a file are a story, and there is one file.
  bail: 1,
};
