import { createHash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** A thread that hashes the file `workerData` while another thread writes it. */

/** The number of bytes in the file so far; 'end' after the last of them. */
export type DigestThreadMessage = { readonly written: number } | 'end';

const CHUNK_BYTES = 2 ** 20;

const file = openSync(workerData as string, 'r');
const hash = createHash('sha256');
const chunk = new Uint8Array(CHUNK_BYTES);
let hashed = 0;

parentPort?.on('message', (message: DigestThreadMessage) => {
  if (message === 'end') {
    parentPort?.postMessage(hash.digest('hex'));
    parentPort?.close();
    return;
  }
  while (hashed < message.written) {
    const read = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, message.written - hashed), hashed);
    if (read === 0) throw new Error(`The file ends at ${hashed}; ${message.written} bytes were written.`);
    hash.update(chunk.subarray(0, read));
    hashed += read;
  }
});
