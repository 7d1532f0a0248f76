import { type FileHandle, open } from 'node:fs/promises';
import { createDigest } from './digest.ts';
import { withDiskErrors } from './disk-errors.ts';

/**
 * Writes a new file and hashes it; one batch is written while the next one is received.
 * @param what the file belongs to, for messages
 * @throws DISK_FULL, STORE_READ_ONLY, what `chunks` throws
 */
export async function writeAndHash(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  what?: string,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const digest = createDigest(path);
  const handle = await withDiskErrors(() => open(path, 'wx'), what);
  let size = 0;
  let writing = Promise.resolve();
  let flushed = 0;
  /** One flush after the other: the first fault is that of all that follow. */
  let flushing = Promise.resolve();

  /** Begins to flush what was written: at the end there is then little left to wait for. */
  function flushAhead(): void {
    if (size - flushed < FLUSH_BYTES) return;
    flushed = size;
    flushing = flushing.then(() => withDiskErrors(() => handle.datasync(), what));
    flushing.catch(() => {});
  }

  async function writeBatch(batch: readonly Uint8Array[]): Promise<void> {
    size += await withDiskErrors(() => writeAll(handle, batch), what);
    digest.add(batch);
    flushAhead();
  }

  try {
    for await (const batch of batchesOf(chunks)) {
      await writing;
      writing = writeBatch(batch);
      // The next round awaits it; until then its failure must not count as unhandled.
      writing.catch(() => {});
    }
    await writing;
    // A fault of the disk is reported to one flush only.
    await flushing;
    return { size, sha256: await digest.finish() };
  } finally {
    await writing.catch(() => {});
    await flushing.catch(() => {});
    digest.abandon();
    await handle.close();
  }
}

/** Chunks of a request are small; writing this many bytes at once takes a third of the time. */
const BATCH_BYTES = 4 * 2 ** 20;

/** Files of most packages are smaller, and flushed once. */
const FLUSH_BYTES = 32 * 2 ** 20;

async function* batchesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    batch.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (size > 0) yield batch;
}

/** @returns the number of bytes */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<number> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let { bytesWritten: done } = await handle.writev(chunks);
  // After a partial write, which is rare, the rest follows in one piece.
  for (const rest = Buffer.concat(done < size ? chunks : []).subarray(done); done < size; ) {
    done += (await handle.write(rest, rest.length - (size - done))).bytesWritten;
  }
  return size;
}
