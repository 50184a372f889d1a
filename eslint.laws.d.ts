import type { Linter } from "eslint";

declare const laws: Linter.Config[];
export = laws;
