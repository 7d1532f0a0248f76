import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteReader } from './byte-reader.ts';

/** Large enough that reading is fast, small enough that looking at it keeps the event loop for about a millisecond. */
export const CHUNK_BYTES = 2 ** 20;

/**
 * Hands `length` bytes from `offset` on to `visit`, at most `CHUNK_BYTES` at a time; other work of the event loop
 * runs in between. The chunk's memory is used again for the next one. The second argument counts from `offset`.
 */
export async function forEachSlice(
  reader: ByteReader,
  offset: number,
  length: number,
  visit: (chunk: Uint8Array, offset: number) => void,
): Promise<void> {
  const shared = reader.readInto === undefined ? undefined : new Uint8Array(Math.min(CHUNK_BYTES, length));
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    const size = Math.min(CHUNK_BYTES, length - done);
    const chunk = shared?.subarray(0, size) ?? (await reader.read(offset + done, size));
    await reader.readInto?.(chunk, offset + done);
    visit(chunk, done);
    // Reading from memory resolves without leaving this turn of the loop.
    await nextTurn();
  }
}
