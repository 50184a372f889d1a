import { unzipSync } from "node:zlib";

/** Etcd takes no object larger than 1.5 MiB, so that a longer text is no manifest. */
export const MAX_TEXT_LENGTH = 1.5 * 1024 * 1024;

/** Why a compressed text is not read. */
export const COMPRESSED = "compressed text that cannot be read";

/** Layers around a text: Helm keeps its releases as base64 of base64 of gzip. */
const MAX_LAYERS = 4;

/** A text without its encodings, or why they could not be taken off. */
export interface Decoded {
  readonly text: string;
  readonly why?: string;
}

/** Characters that compressed texts of one resource may have altogether; each costs a few, however short it is. */
const MAX_INFLATED = 6 * 1024 * 1024;
const MIN_INFLATED = 16 * 1024;

/** What may still be decompressed in one resource. */
export class Inflation {
  private left = MAX_INFLATED;

  /** What is compressed; throws where it is damaged, or more than is left. */
  inflated(bytes: Buffer): Buffer {
    if (this.left <= 0) throw new Error("too much");
    this.left -= MIN_INFLATED;
    const plain = unzipSync(bytes, { maxOutputLength: MAX_TEXT_LENGTH });
    this.left -= plain.length;
    return plain;
  }
}

const DATA_URL = /^data:([^,;]{0,100}(?:;[^,;]{0,100}){0,5}),/;
const BASE64_START = /^\s*[A-Za-z0-9+/_-]{12}/;
/** What base64 never holds; a search for it needs no stack, however long the text is. */
const NO_BASE64 = /[^A-Za-z0-9+/_\s=-]/;
/** Characters that are looked at before a whole text is decoded. */
const SAMPLE = 88;

/** A text of which data URLs, base64 and compression are taken off, as many layers as there are. */
export function decodedText(text: string, left: Inflation): Decoded {
  let at = text;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const bytes = bytesOf(at);
    if (bytes === undefined) break;
    if (typeof bytes === "string") {
      at = bytes;
      continue;
    }
    if (!isCompressed(bytes)) {
      at = asText(bytes);
      continue;
    }
    try {
      at = asText(left.inflated(bytes));
    } catch {
      return { text: at, why: COMPRESSED };
    }
  }
  return { text: at };
}

/** What a text encodes; undefined when it is plain. */
function bytesOf(text: string): Buffer | string | undefined {
  if (text.length < 16 || text.length > 2 * MAX_TEXT_LENGTH) return undefined;
  if (text.startsWith("data:")) {
    const [prefix, form = ""] = DATA_URL.exec(text) ?? [];
    if (prefix === undefined) return undefined;
    const body = text.slice(prefix.length);
    return /;base64$/i.test(form) ? Buffer.from(body, "base64") : percentDecoded(body);
  }
  if (!BASE64_START.test(text)) return undefined;
  const sample = Buffer.from(text.slice(0, SAMPLE), "base64");
  if (!(isCompressed(sample) || isText(sample)) || NO_BASE64.test(text)) return undefined;
  return Buffer.from(text, "base64");
}

function percentDecoded(body: string): string {
  try {
    return decodeURIComponent(body);
  } catch {
    return body;
  }
}

/** Whether bytes start like gzip. */
function isCompressed(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether bytes are text: words that only look like base64 decode to anything else. */
function isText(bytes: Buffer): boolean {
  const text = asText(bytes).slice(0, -1);
  // eslint-disable-next-line no-control-regex -- control characters are what no text holds
  return !/[\u0000-\u0008\u000e-\u001a\u007f\ufffd]/.test(text);
}

/** Bytes as UTF-16, which PowerShell writes, or as UTF-8. */
function asText(bytes: Buffer): string {
  const isWide = bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0;
  return bytes.toString(isWide ? "utf16le" : "utf8").replace(/^\ufeff/, "");
}
