/** A small reader of the protocol-buffers wire format, to check what the writer wrote. */

export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

export function decodeProtobuf(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const [tag, afterTag] = varint(rest);
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (wireType === 0) {
      const [value, after] = varint(afterTag);
      found.push({ number, value });
      rest = after;
    } else {
      const [length, after] = wireType === 2 ? varint(afterTag) : [4n, afterTag];
      found.push({ number, value: after.subarray(0, Number(length)) });
      rest = after.subarray(Number(length));
    }
  }
  return found;
}

/** The bytes of each field of that number. */
export function fields(decoded: readonly Field[], number: number): Uint8Array[] {
  return decoded.flatMap((one) =>
    one.number === number && one.value instanceof Uint8Array ? [one.value] : [],
  );
}

/** The bytes of the only field of that number. */
export function field(decoded: readonly Field[], number: number): Uint8Array {
  const [found, ...others] = fields(decoded, number);
  if (found === undefined || others.length > 0) {
    throw new Error(`Field ${number} occurs ${others.length + (found === undefined ? 0 : 1)} times.`);
  }
  return found;
}

/** Packed signed integers. */
export function readVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const [value, after] = varint(rest);
    values.push(BigInt.asIntN(64, value));
    rest = after;
  }
  return values;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function varint(bytes: Uint8Array): [value: bigint, rest: Uint8Array] {
  let value = 0n;
  for (const [index, byte] of bytes.entries()) {
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return [value, bytes.subarray(index + 1)];
  }
  throw new Error('A varint does not end.');
}
