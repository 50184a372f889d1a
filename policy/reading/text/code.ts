/** A token of HCL, Groovy and languages like them. */
const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"""([\s\S]*?)(?:"""|$)|'''([\s\S]*?)(?:'''|$)|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]*(?:\\.[^'\\\n]*)*)'|<<[-~]?["']?(\w+)["']?[^\n]*\n([\s\S]*?)(?:\n[ \t]*\5\b|$)|(-?\d[\w.]*)|([A-Za-z_$][\w$.-]*)|#[^\n]*|(==|!=|=>|->|&&|\|\||[^\s\w])/gy;

/** Blocks inside blocks; what stands deeper is left out. */
const MAX_DEPTH = 200;

interface Frame {
  readonly name: string | undefined;
  readonly properties: Record<string, unknown>;
  readonly members: unknown[];
  readonly isList: boolean;
}

/**
 * What a text in a language of blocks says in literals: `privileged = true`, `volumes: [hostPathVolume(hostPath: "/x")]`,
 * `config { … }`. Names become properties, blocks and calls become objects, lists stay lists, and everything else is
 * passed over. No parser of one language: those for HCL are whole Go runtimes, and for Groovy there is none.
 */
export function readCode(code: string): Readonly<Record<string, unknown>> {
  const root: Frame = {
    name: undefined,
    properties: Object.create(null) as Record<string, unknown>,
    members: [],
    isList: false,
  };
  const frames: Frame[] = [root];
  let key: string | undefined;
  let word: string | undefined;
  const put = (value: unknown) => {
    const frame = frames.at(-1) ?? root;
    const name = key ?? (frame.isList ? undefined : word);
    if (name === undefined) frame.members.push(value);
    else if (name in frame.properties) frame.properties[name] = [frame.properties[name], value].flat();
    else frame.properties[name] = value;
    key = undefined;
    word = undefined;
  };
  let skipped = 0;
  for (const token of code.matchAll(TOKEN)) {
    const [whole, ...groups] = token;
    const literal = literalOf(groups);
    const symbol = groups[8];
    const name = groups[7];
    if (name === "true" || name === "false") put(name === "true");
    else if (name !== undefined) word = name;
    else if (literal !== undefined) {
      // A string before a colon is a key, and one after a word and before a block is the block's label.
      const next = /^\s*([:{=]?)(?![=])/.exec(
        code.slice(token.index + whole.length, token.index + whole.length + 40),
      )?.[1];
      if (next === ":" && key === undefined) word = literal;
      else if (next !== "{" || word === undefined || key !== undefined) put(literal);
    } else if (symbol === "=" || symbol === ":" || symbol === "=>") {
      if (word !== undefined) key = word;
    } else if (symbol === "{" || symbol === "(" || symbol === "[") {
      if (frames.length >= MAX_DEPTH) skipped += 1;
      else {
        const isList = symbol === "[";
        frames.push({
          name: key ?? word,
          properties: Object.create(null) as Record<string, unknown>,
          members: [],
          isList,
        });
      }
      key = undefined;
      word = undefined;
    } else if (symbol === "}" || symbol === ")" || symbol === "]") {
      if (skipped > 0) skipped -= 1;
      else if (frames.length > 1) {
        const frame = frames.pop() ?? root;
        word = undefined;
        key = (frames.at(-1) ?? root).isList ? undefined : frame.name;
        const value = valueOf(frame);
        if (value !== undefined) put(value);
        key = undefined;
      }
    } else if (symbol === "," || symbol === ";") {
      key = undefined;
      word = undefined;
    }
  }
  while (frames.length > 1) {
    const frame = frames.pop() ?? root;
    key = frame.name;
    const value = valueOf(frame);
    if (value !== undefined) put(value);
  }
  return valueOf(root) === undefined
    ? {}
    : { ...root.properties, ...(root.members.length > 0 && { members: root.members }) };
}

function literalOf([long, longSingle, double, single, , heredoc, number]: readonly (string | undefined)[]) {
  const quoted = double ?? single;
  if (quoted !== undefined) return quoted.replace(/\\([\s\S])/g, "$1");
  return long ?? longSingle ?? heredoc ?? number;
}

function valueOf({ properties, members, isList }: Frame): unknown {
  const hasProperties = Object.keys(properties).length > 0;
  if (isList && !hasProperties) return members;
  if (!hasProperties && members.length === 0) return undefined;
  if (!hasProperties) return members.length === 1 ? members[0] : members;
  return members.length > 0 ? { ...properties, members } : properties;
}
