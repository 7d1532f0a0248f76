import type { PaperdeskError } from '../errors.ts';

/** Reads a file in memory in order, never beyond its end. */
export abstract class ByteCursor {
  readonly bytes: Uint8Array;
  /** How sentences about the file begin: "The scaler". */
  readonly what: string;
  offset: number;
  protected readonly buffer: Buffer;
  protected readonly view: DataView;

  constructor(bytes: Uint8Array, what: string, offset = 0) {
    this.bytes = bytes;
    this.what = what;
    this.offset = offset;
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The error of the format, with the place in the file. */
  abstract malformed(reason: string): PaperdeskError;

  /** Moves on by `length` bytes. @returns the offset where they started */
  skip(length: number): number {
    const start = this.offset;
    if (!(length <= this.bytes.length - start)) {
      throw this.malformed(`${length} bytes are declared where only ${this.bytes.length - start} are left`);
    }
    this.offset = start + length;
    return start;
  }

  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, this.offset);
  }
}
