import { UbjsonFloat, type UbjsonTypedArray, type UbjsonValue } from '../ubjson/ubjson.ts';
import { float32Text } from './float32-text.ts';

/**
 * Writes a model like XGBoost's `save_model("x.json")`: keys in the order of the document, every number as the shortest
 * decimal of its float32.
 */
export function writeModelJson(document: UbjsonValue): Buffer {
  const out = new TextOutput();
  write(document, out);
  return out.bytes();
}

function write(value: UbjsonValue, out: TextOutput): void {
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'bigint'
  ) {
    out.ascii(String(value));
  } else if (typeof value === 'string') {
    writeString(value, out);
  } else if (value instanceof UbjsonFloat) {
    out.ascii(float32Text(Math.fround(value.value)));
  } else if (value instanceof Map) {
    let separator = '{';
    for (const [key, member] of value) {
      out.ascii(separator);
      writeString(key, out);
      out.ascii(':');
      write(member, out);
      separator = ',';
    }
    out.ascii(value.size === 0 ? '{}' : '}');
  } else if (ArrayBuffer.isView(value)) {
    writeNumbers(value, out);
  } else {
    writeList(value as readonly UbjsonValue[], out);
  }
}

function writeList(items: readonly UbjsonValue[], out: TextOutput): void {
  out.ascii('[');
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out.ascii(',');
    write(items[i]!, out);
  }
  out.ascii(']');
}

/** Most numbers of a model are in such lists. */
function writeNumbers(values: UbjsonTypedArray, out: TextOutput): void {
  const areFloats = values instanceof Float32Array || values instanceof Float64Array;
  out.ascii('[');
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out.ascii(',');
    const value = values[i]!;
    out.ascii(areFloats ? float32Text(Math.fround(value as number)) : String(value));
  }
  out.ascii(']');
}

/** XGBoost does not decode `\uXXXX` when it reads text, and writes it back unchanged. */
function writeString(text: string, out: TextOutput): void {
  if (/^[\w:.-]*$/.test(text)) {
    out.ascii('"');
    out.ascii(text);
    out.ascii('"');
  } else {
    out.utf8(JSON.stringify(text).replace(/\\\\(u[0-9a-fA-F]{4})/g, '\\$1'));
  }
}

/** Text collected as bytes, which for millions of short pieces is several times as fast as strings. */
class TextOutput {
  private buffer = Buffer.allocUnsafeSlow(64 * 1024);
  private length = 0;

  ascii(text: string): void {
    const { length } = text;
    this.makeRoom(length);
    for (let i = 0; i < length; i++) this.buffer[this.length + i] = text.charCodeAt(i);
    this.length += length;
  }

  utf8(text: string): void {
    this.makeRoom(Buffer.byteLength(text));
    this.length += this.buffer.write(text, this.length);
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.buffer.length, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
