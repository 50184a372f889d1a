/** The length-delimited fields of a protobuf message by their numbers: texts and messages. */
export type Fields = ReadonlyMap<number, readonly Buffer[]>;

const LENGTH_DELIMITED = 2;
const SKIPPED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** Takes a message apart; numbers in it are left out. Throws on what is not protobuf. */
export function fields(bytes: Buffer): Fields {
  const found = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [key >>> 3, key & 7];
    if (type === 0) varint();
    else if (type === LENGTH_DELIMITED) {
      const length = varint();
      found.set(field, [...(found.get(field) ?? []), bytes.subarray(at, at + length)]);
      at += length;
    } else {
      const skipped = SKIPPED_BYTES[type];
      if (skipped === undefined) throw new Error(`no protobuf wire type ${type}`);
      at += skipped;
    }
  }
  return found;
}

/** Puts a message together out of short texts by field number. */
export function message(texts: Readonly<Record<number, string>>): Buffer {
  return Buffer.concat(
    Object.entries(texts).map(([field, text]) => {
      const content = Buffer.from(text);
      // One byte holds a length of up to 127, and a field number of up to 15.
      if (content.length > 127 || Number(field) > 15) throw new Error(`too long for this encoder: field ${field}`);
      return Buffer.concat([Buffer.from([(Number(field) << 3) | LENGTH_DELIMITED, content.length]), content]);
    }),
  );
}
