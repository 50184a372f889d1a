// Compiles TypeScript as Node loads it, without a check of types: `node -r ./preview/register.js main.ts` (docs/decisions/0004).
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");
const { install } = require("source-map-support");

const OPTIONS = {
  swcrc: false,
  jsc: { target: "es2022", parser: { syntax: "typescript" }, keepClassNames: true },
  module: { type: "commonjs" },
  // For debuggers; and for traces, below.
  sourceMaps: "inline",
};

/** JavaScript, with its map. */
function compiled(filename) {
  return transformSync(readFileSync(filename, "utf8"), { ...OPTIONS, filename }).code;
}

require.extensions[".ts"] = (module, file) => {
  module._compile(compiled(file), file);
};
// Most processes never show a trace, so no map is kept for one: the file is compiled again.
install({ environment: "node", retrieveFile: (file) => (file.endsWith(".ts") ? compiled(file) : null) });
