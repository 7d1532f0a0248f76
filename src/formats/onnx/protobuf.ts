/** The protocol-buffers wire format, as far as writing an ONNX file needs it. */

/** An encoded message in pieces: large payloads are copied only once, when the file is assembled. */
export interface Message {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

/**
 * A number is an integer (int32, int64, enum), `float` a `float`, `ints` a packed list of int64. Any other list is a
 * field for each of its items. Bytes are not copied and must not change until the file is assembled.
 */
export type FieldValue =
  | number
  | string
  | Uint8Array
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | Message
  | readonly (string | Message)[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();

/** A message from its fields, in the order given. */
export function message(...fields: readonly (readonly [field: number, value: FieldValue])[]): Message {
  const pieces = fields.flatMap(([field, value]) => piecesOf(field, value));
  return { pieces, length: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

/** The bytes of a message, in one piece. */
export function toBytes({ pieces, length }: Message): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function piecesOf(field: number, value: FieldValue): readonly Uint8Array[] {
  if (typeof value === 'number') return [Uint8Array.from([...tag(field, VARINT), ...varint(value)])];
  if (typeof value === 'string') return piecesOf(field, utf8.encode(value));
  if (value instanceof Uint8Array) return piecesOf(field, { pieces: [value], length: value.length });
  if ('ints' in value) return piecesOf(field, Uint8Array.from(value.ints.flatMap(varint)));
  if ('float' in value) {
    const bytes = new Uint8Array(Float32Array.of(value.float).buffer);
    return [Uint8Array.from([...tag(field, FIXED32), ...bytes])];
  }
  if (!('pieces' in value)) return value.flatMap((item) => piecesOf(field, item));
  return [Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(value.length)]), ...value.pieces];
}

function tag(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType);
}

/** Negative numbers take ten bytes, as the format requires. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}
