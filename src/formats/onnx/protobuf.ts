/** The parts of the protocol-buffers wire format that writing an ONNX file needs. */

/** An encoded message in pieces: large payloads are copied only once, when the file is assembled. */
export interface Message {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

const VARINT = 0;
const FIXED32 = 5;
const LENGTH_DELIMITED = 2;

const utf8 = new TextEncoder();

/** A message from its fields, in the order given. */
export function message(...fields: readonly Message[]): Message {
  return {
    pieces: fields.flatMap((field) => field.pieces),
    length: fields.reduce((sum, field) => sum + field.length, 0),
  };
}

/** An integer field (int32, int64, enum); negative numbers take ten bytes, as the format requires. */
export function integerField(field: number, value: number): Message {
  return whole(Uint8Array.from([...varint(tag(field, VARINT)), ...varint(BigInt(value))]));
}

/** A `float` field. */
export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return whole(Uint8Array.from([...varint(tag(field, FIXED32)), ...bytes]));
}

/** A `repeated int64` field, packed. */
export function integersField(field: number, values: readonly number[]): Message {
  return bytesField(field, Uint8Array.from(values.flatMap((value) => varint(BigInt(value)))));
}

export function stringField(field: number, text: string): Message {
  return bytesField(field, utf8.encode(text));
}

/** A `bytes` field; `bytes` is not copied and must not change until the file is assembled. */
export function bytesField(field: number, bytes: Uint8Array): Message {
  return messageField(field, whole(bytes));
}

/** A field with another message. */
export function messageField(field: number, content: Message): Message {
  const head = Uint8Array.from([...varint(tag(field, LENGTH_DELIMITED)), ...varint(BigInt(content.length))]);
  return { pieces: [head, ...content.pieces], length: head.length + content.length };
}

/** The bytes of a message, in one piece. */
export function toBytes(content: Message): Uint8Array {
  const bytes = new Uint8Array(content.length);
  let offset = 0;
  for (const piece of content.pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function whole(bytes: Uint8Array): Message {
  return { pieces: [bytes], length: bytes.length };
}

function tag(field: number, wireType: number): bigint {
  return BigInt(field * 8 + wireType);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}
