// One hand: what the whole tree writes in one way and no preset asks for (CONTRIBUTING.md says the same in words).

// Data written down where it stands. With a function, a call or a value from elsewhere in it, an object is a thing, not a constant.
const DATA = "Literal|TemplateLiteral|ArrayExpression|ObjectExpression";
const COMPUTED =
  ":has(:function, CallExpression, MemberExpression, AwaitExpression, NewExpression[callee.name!=/^(Set|Map)$/])";
const INITIALISERS = [
  `[init.type=/^(${DATA})$/]`,
  `[init.type=/^TS(As|Satisfies)Expression$/][init.expression.type=/^(${DATA})$/]`,
  "[init.type='NewExpression'][init.callee.name=/^(Set|Map)$/][init.arguments.length>0]",
];
const OF_THE_MODULE = [
  "Program > VariableDeclaration[kind='const'] > VariableDeclarator",
  "Program > ExportNamedDeclaration > VariableDeclaration[kind='const'] > VariableDeclarator",
];
const CONSTANTS = OF_THE_MODULE.flatMap((place) =>
  INITIALISERS.map((initialiser) => ({
    selector: `${place}[id.name=/[a-z]/]${initialiser}:not(${COMPUTED})`,
    message: "A constant of the module is written in CAPITALS.",
  })),
);

const ZOD = {
  selector: "ImportDeclaration[source.value='zod'] ImportNamespaceSpecifier",
  message: 'Import zod as `import { z } from "zod"`.',
};

const MEMBERS = ["TSInterfaceBody", "TSTypeLiteral"].flatMap((body) =>
  ["TSPropertySignature", "TSIndexSignature"].map((member) => ({
    selector: `${body} > ${member}:not([readonly=true])`,
    message: "A member of a type is readonly; what must change is a private member of a class, or a local variable.",
  })),
);

// Lines as they stand, with comments and blank ones: what is longer has two subjects.
const FILE_LINES = 300;
const FUNCTION_LINES = 80;

module.exports = [
  { files: ["**/*.ts", "**/*.js"], rules: { "max-lines": ["error", FILE_LINES] } },
  {
    files: ["**/*.ts", "**/*.js"],
    // The function of a describe holds as many tests as its subject has.
    ignores: ["tests/**", "**/*.test.ts"],
    rules: { "max-lines-per-function": ["error", FUNCTION_LINES] },
  },
  {
    files: ["**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...CONSTANTS, ZOD, ...MEMBERS],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/prefer-readonly": "error",
    },
  },
  // What a module takes from another stands in one place, types among it.
  { files: ["**/*.ts"], rules: { "no-duplicate-imports": "error" } },
  // What a server that stands in for another one remembers changes with every request.
  { files: ["tests/support/*-stand-in/**/*.ts"], rules: { "no-restricted-syntax": ["error", ...CONSTANTS, ZOD] } },
];
