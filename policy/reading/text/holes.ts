import { UNKNOWN_TEXT } from "../values";

/** Lines of a template that only steer it: Go's, Jinja's, ERB's. */
const STEERING = /^[ \t]*(?:\{\{[^{}\n]*\}\}|\{[%#][^{}\n]*[%#]\}|<%[^%\n]*%>|%\{[^{}\n]*\})[ \t]*$/gm;
/** What a template puts in: `{{ x }}`, `${{ x }}`, `<%= x %>`, `${x}` and `${x:-y}`. */
const HOLE = /\$?\{\{([^{}\n]*)\}\}|<%=?([^%\n]*)%>|\$\{([^{}\n]*)\}/g;
const QUOTED_PATH = /["'`]((?:unix:|npipe:)?[/\\][^"'`\n]*)["'`]/;
const QUOTED_DEFAULT = /\bdefault\b[\s(]*["'`]([^"'`\n]*)["'`]/;
const SHELL_DEFAULT = /^\w+:?[-=](.*)$/s;

/** Whether a text has holes that something else fills. */
export function hasHoles(text: string): boolean {
  return text.includes("{{") || text.includes("${") || text.includes("<%") || text.includes("{%");
}

/** A template with the default of each hole in its place, or the mark of what is not known. */
export function filled(template: string): string {
  return template
    .replace(STEERING, "")
    .replace(HOLE, (_hole, braces?: string, tag?: string, shell?: string) => defaultOf(braces ?? tag, shell));
}

function defaultOf(expression: string | undefined, shell: string | undefined): string {
  if (shell !== undefined) {
    const given = SHELL_DEFAULT.exec(shell)?.[1]?.replace(/^["']|["']$/g, "");
    return given ?? QUOTED_PATH.exec(shell)?.[1] ?? UNKNOWN_TEXT;
  }
  const text = expression ?? "";
  return QUOTED_PATH.exec(text)?.[1] ?? QUOTED_DEFAULT.exec(text)?.[1] ?? UNKNOWN_TEXT;
}
