/** A script as far as it is read here: words of simple commands, and the texts that stand in it for other programs. */
export interface Script {
  readonly commands: readonly (readonly string[])[];
  readonly heredocs: readonly string[];
}

/** A value that grows through itself, as in `A=$A$A`, ends here. */
const MAX_VALUE = 4096;
/** Characters that variables may put into a script altogether; after that they stay as they are written. */
const MAX_EXPANSION = 256 * 1024;
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;
const SETTERS: ReadonlySet<string> = new Set(["export", "local", "readonly", "declare", "typeset", "env", "sudo"]);
const VARIABLE = /\$(?:(\w+)|\{(\w+)(?:(:?[-=])([^{}]*))?\})/y;
const HEREDOC = /<<(-?)[ \t]*(["']?)([\w.-]+)\2/y;
const SEPARATORS: ReadonlySet<string> = new Set([";", "&", "|", "(", ")", "\n", "`"]);

/**
 * Splits a script into words, with quotes, escapes, comments, variables that it sets itself, and here-documents. No
 * shell: what a word cannot be read for stays as it is written. Takes one pass, so that the work grows with the text.
 */
export function readScript(script: string): Script {
  return new Reader(script).read();
}

class Reader {
  private readonly commands: string[][] = [];
  private readonly heredocs: string[] = [];
  private readonly variables = new Map<string, string>();
  private readonly awaited: { readonly end: string; readonly indented: boolean; readonly literal: boolean }[] = [];
  private words: string[] = [];
  private word: string | undefined;
  /** Whether the word began as a path or a pipe of Windows. To look at its first character would copy what was read of it. */
  private isWindowsPath = false;
  /** Whether the command only sets variables so far. */
  private onlySets = true;
  private at = 0;
  private expansion = 0;

  constructor(private readonly script: string) {}

  read(): Script {
    while (this.at < this.script.length) this.step(this.script.charAt(this.at));
    this.endCommand();
    return { commands: this.commands, heredocs: this.heredocs };
  }

  private step(char: string): void {
    if (char === "\\") this.escape();
    else if (char === "'" || char === '"') this.quoted(char);
    else if (char === "$") this.variable();
    else if (char === "#" && this.word === undefined) this.at = this.endOf("\n", this.at);
    else if (char === "<" && this.heredoc()) return;
    else if (SEPARATORS.has(char)) this.separate(char);
    else if (char === " " || char === "\t" || char === "\r") this.endWord(1);
    else this.append(char, 1);
  }

  private escape(): void {
    const next = this.script.charAt(this.at + 1);
    if (next === "\n") this.at += 2;
    else if (next === "\r" && this.script.charAt(this.at + 2) === "\n") this.at += 3;
    // A path of Windows keeps its backslashes.
    else if (/[\s"'\\$`]/.test(next) && !this.startsPipe()) this.append(next, 2);
    else this.append("\\", 1);
  }

  private startsPipe(): boolean {
    return this.script.startsWith("\\\\.\\", this.at) || this.isWindowsPath;
  }

  private quoted(quote: string): void {
    this.at += 1;
    this.word ??= "";
    while (this.at < this.script.length && this.script.charAt(this.at) !== quote) {
      const char = this.script.charAt(this.at);
      if (quote === '"' && char === "\\" && /["\\$`\n]/.test(this.script.charAt(this.at + 1)) && !this.startsPipe())
        this.append(this.script.charAt(this.at + 1), 2);
      else if (quote === '"' && char === "$") this.variable();
      else this.append(char, 1);
    }
    this.at += 1;
  }

  private variable(): void {
    VARIABLE.lastIndex = this.at;
    const found = VARIABLE.exec(this.script);
    if (found === null) {
      this.append("$", 1);
      return;
    }
    const [whole, plain, braced, , given] = found;
    this.append(this.expanded(plain ?? braced ?? "") ?? given?.replace(/^["']|["']$/g, "") ?? whole, whole.length);
  }

  private expanded(name: string): string | undefined {
    const value = this.variables.get(name);
    this.expansion += value?.length ?? 0;
    return this.expansion > MAX_EXPANSION ? undefined : value;
  }

  private heredoc(): boolean {
    HEREDOC.lastIndex = this.at;
    const found = HEREDOC.exec(this.script);
    if (found === null) return false;
    const [whole, dash, quote, end = ""] = found;
    this.endWord();
    this.awaited.push({ end, indented: dash === "-", literal: quote !== "" });
    this.at += whole.length;
    return true;
  }

  private separate(char: string): void {
    this.at += 1;
    this.endCommand();
    if (char === "\n") for (const each of this.awaited.splice(0)) this.heredocs.push(this.body(each));
  }

  /** The lines up to the one that ends a here-document. */
  private body({ end, indented, literal }: (typeof this.awaited)[number]): string {
    const lines: string[] = [];
    while (this.at < this.script.length) {
      const stop = this.endOf("\n", this.at);
      const line = this.script.slice(this.at, stop).replace(/\r$/, "");
      this.at = stop + 1;
      if ((indented ? line.replace(/^\t+/, "") : line.trimEnd()).trimStart() === end) break;
      lines.push(indented ? line.replace(/^\t+/, "") : line);
    }
    const body = lines.join("\n");
    if (literal) return body;
    return body.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, plain?: string, braced?: string) => {
      return this.expanded(plain ?? braced ?? "") ?? whole;
    });
  }

  private append(text: string, read: number): void {
    if ((this.word ?? "") === "") this.isWindowsPath = text.startsWith("\\");
    this.word = (this.word ?? "") + text;
    this.at += read;
  }

  private endWord(read = 0): void {
    this.at += read;
    if (this.word === undefined) return;
    const [, name, value] = ASSIGNMENT.exec(this.word) ?? [];
    if (name !== undefined && value !== undefined && this.onlySets) this.variables.set(name, value.slice(0, MAX_VALUE));
    this.onlySets &&= name !== undefined || SETTERS.has(this.word);
    this.words.push(this.word);
    this.word = undefined;
  }

  private endCommand(): void {
    this.endWord();
    if (this.words.length > 0) this.commands.push(this.words);
    this.words = [];
    this.onlySets = true;
  }

  private endOf(char: string, from: number): number {
    const found = this.script.indexOf(char, from);
    return found === -1 ? this.script.length : found;
  }
}
