// Modules as Node loads them, in place of Jest's own loader: a package is loaded once for all test files of a worker, Pulumi's SDK and
// TypeScript among them; what is written here is loaded anew for each file, as Jest does it (docs/decisions/0064).
const asyncHooks = require("node:async_hooks");
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { default: Runtime } = require("jest-runtime");

/** The file's own part of Jest has the state of its tests, and is loaded anew with it. */
const KEPT = /[\\/]node_modules[\\/](?!jest-circus[\\/])/;
const HANDLERS = Symbol.for("EVENT_HANDLERS");

/**
 * In place of an AsyncLocalStorage: Jest asks it for the test that runs, and one runs at a time. With the real one Node 20 follows each
 * promise of each test.
 */
class OneAtATime {
  #store;

  getStore() {
    return this.#store;
  }

  async run(store, work) {
    const before = this.#store;
    this.#store = store;
    try {
      return await work();
    } finally {
      this.#store = before;
    }
  }
}

/** The runtime of the file that is tested at the moment. */
let current;
require.extensions[".ts"] = (module, file) => {
  module._compile(current.compiled(file), file);
};

class NodesOwnRuntime extends Runtime {
  #transformer;
  #coverage;
  #file;
  /** Where Jest looks when it prints the trace of an error. */
  #maps = new Map();

  constructor(...given) {
    super(...given);
    [, , , this.#transformer, , this.#coverage, this.#file] = given;
    current = this;
  }

  /** JavaScript for a file in TypeScript, from Jest's cache, and counting what it covers where that is asked for. */
  compiled(file) {
    const { code, sourceMapPath } = this.#transformer.transform(file, this.#coverage, readFileSync(file, "utf8"));
    if (sourceMapPath !== null) this.#maps.set(file, sourceMapPath);
    return code;
  }

  getSourceMaps() {
    return this.#maps;
  }

  requireModule(from, name = from) {
    if (name === this.#file) globalThis.jest = super.requireModuleOrMock(this.#file, "@jest/globals").jest;
    return createRequire(from)(name);
  }

  requireInternalModule(from, name = from) {
    const { AsyncLocalStorage } = asyncHooks;
    // Newer versions of Node have a getter here, which stays, and no need of this: they do not follow promises one by one.
    Reflect.set(asyncHooks, "AsyncLocalStorage", OneAtATime);
    try {
      return createRequire(from)(name);
    } finally {
      Reflect.set(asyncHooks, "AsyncLocalStorage", AsyncLocalStorage);
    }
  }

  setMock(from, name) {
    throw new Error(
      `jest.mock("${name}") replaces nothing here: modules are Node's own. jest.spyOn replaces a function.`,
    );
  }

  isolateModules(work) {
    const before = forget();
    try {
      work();
    } finally {
      forget();
      Object.assign(require.cache, before);
    }
  }

  teardown() {
    super.teardown();
    forget();
    delete globalThis[HANDLERS];
  }
}

/** Takes what is no package out of Node's cache, and returns it. */
function forget() {
  const gone = Object.entries(require.cache).filter(([file]) => !KEPT.test(file) && !file.startsWith(__dirname));
  for (const [file] of gone) delete require.cache[file];
  return Object.fromEntries(gone);
}

module.exports = { __esModule: true, default: NodesOwnRuntime };
