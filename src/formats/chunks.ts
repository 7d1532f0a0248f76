import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ByteReader } from './byte-reader.ts';

/** Large enough for fast reads, small enough that visiting a chunk blocks the event loop for about a millisecond. */
export const CHUNK_BYTES = 2 ** 20;

/**
 * Passes `length` bytes from `offset` on to `visit`, at most `CHUNK_BYTES` at a time, with other work of the event loop
 * in between. The memory of a chunk is reused. The second argument of `visit` counts from `offset`.
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
      // The next chunk is read while this one is visited.
      ahead = done + CHUNK_BYTES < length ? readAt(done + CHUNK_BYTES) : undefined;
      visit(chunk, done);
      // A read from memory resolves without letting the event loop run.
      await yieldToEventLoop();
    }
  } finally {
    // When `visit` throws, the read that is under way must not end as an unhandled rejection.
    await ahead?.catch(() => {});
  }
}

function newBuffer(length: number): Uint8Array {
  return new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, length)));
}
