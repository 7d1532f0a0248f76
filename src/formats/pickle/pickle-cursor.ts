import { isUtf8 } from 'node:buffer';
import { PaperdeskError } from '../../errors.ts';
import { ByteCursor } from '../byte-cursor.ts';

/** Reads the operands of opcodes. */
export class PickleCursor extends ByteCursor {
  /** Offset of the current opcode, for error messages. */
  opcodeOffset = this.offset;

  malformed(reason: string): PaperdeskError {
    return new PaperdeskError(
      'PICKLE_MALFORMED',
      `${this.what} is not a valid pickle: ${reason}, at byte ${this.opcodeOffset}.`,
    );
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A count; beyond 2^53 it is inexact, but still larger than any file. */
  u64(): number {
    const at = this.skip(8);
    return this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  f64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  utf8(length: number): string {
    const start = this.skip(length);
    const text = this.buffer.toString('utf8', start, this.offset);
    // Node replaces what is not UTF-8 by U+FFFD, which a file may also contain.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, this.offset))) {
      throw this.malformed(`a string of ${length} bytes is not UTF-8`);
    }
    return text;
  }

  latin1(length: number): string {
    const start = this.skip(length);
    return this.buffer.toString('latin1', start, this.offset);
  }

  /** The operand of a text opcode, without the newline that ends it. */
  line(): string {
    const end = this.buffer.indexOf(0x0a, this.offset);
    if (end < 0) throw this.malformed('a line does not end');
    const text = this.latin1(end - this.offset);
    this.offset = end + 1;
    return text;
  }
}
