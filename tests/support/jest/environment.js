// One scope for all test files of a worker: Node's own, in place of one in a sandbox for each (docs/decisions/0064). What Jest and
// a file change in the process is put back after the file.
const { ModernFakeTimers } = require("@jest/fake-timers");
const { ModuleMocker } = require("jest-mock");

class NodesOwnEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  #before = {
    console: globalThis.console,
    env: { ...process.env },
    cwd: process.cwd(),
    functions: functionsOf(process),
  };

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  /** There is none: see runtime.js. */
  getVmContext() {
    return null;
  }

  async setup() {}

  async teardown() {
    const { env, cwd, functions } = this.#before;
    this.fakeTimersModern.dispose();
    globalThis.console = this.#before.console;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.chdir(cwd);
    process.exitCode = undefined;
    Object.assign(process, functions);
    // Each file says what it covers.
    delete globalThis.__coverage__;
  }
}

/** What Jest replaces in the process for each file. */
function functionsOf({ exit, getBuiltinModule }) {
  return { exit, getBuiltinModule };
}

module.exports = NodesOwnEnvironment;
