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
  const buffers = reader.readInto === undefined ? [] : [newBuffer(length), newBuffer(length - CHUNK_BYTES)];

  async function readAt(done: number): Promise<Uint8Array> {
    const size = Math.min(CHUNK_BYTES, length - done);
    const chunk = buffers[(done / CHUNK_BYTES) % 2]?.subarray(0, size);
    if (chunk === undefined) return reader.read(offset + done, size);
    await reader.readInto?.(chunk, offset + done);
    return chunk;
  }

  let ahead = length > 0 ? readAt(0) : undefined;
  try {
    for (let done = 0; ahead !== undefined; done += CHUNK_BYTES) {
      const chunk = await ahead;
      // The next one is read while this one is looked at.
      ahead = done + CHUNK_BYTES < length ? readAt(done + CHUNK_BYTES) : undefined;
      visit(chunk, done);
      // Reading from memory resolves without leaving this turn of the loop.
      await nextTurn();
    }
  } finally {
    // What `visit` refuses leaves a read behind, which nobody else waits for.
    await ahead?.catch(() => {});
  }
}

function newBuffer(length: number): Uint8Array {
  return new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, length)));
}
