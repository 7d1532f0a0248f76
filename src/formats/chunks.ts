import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteReader } from './byte-reader.ts';

/** Large enough that reading is fast, small enough that looking at it keeps the event loop for about a millisecond. */
export const CHUNK_BYTES = 2 ** 20;

/**
 * Hands `length` bytes from `offset` on to `visit`, at most `CHUNK_BYTES` at a time; other work of the event loop
 * runs in between. The second argument of `visit` counts from `offset`.
 */
export async function forEachSlice(
  reader: ByteReader,
  offset: number,
  length: number,
  visit: (chunk: Uint8Array, offset: number) => void,
): Promise<void> {
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    const chunk = await reader.read(offset + done, Math.min(CHUNK_BYTES, length - done));
    visit(chunk, done);
    // Reading from memory resolves without leaving this turn of the loop.
    await nextTurn();
  }
}
