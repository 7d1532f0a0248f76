import { createHash } from 'node:crypto';
import { startThread } from '../runtime/program-files.ts';
import type { DigestThreadMessage } from './digest-thread.ts';

/** Computes the SHA-256 of a file while the file is written. */
export interface Digest {
  /** Adds chunks that were just written. */
  add(chunks: readonly Uint8Array[]): void;
  /** The hash in hex. @throws when the hashing thread fails */
  finish(): Promise<string>;
  /** Stops hashing; does nothing after `finish`. */
  abandon(): void;
}

/** From this size on a thread hashes the file: 466 MB would block the event loop for 0.4 s. */
const THREAD_FROM_BYTES = 16 * 2 ** 20;

/** @param path the file that is written */
export function createDigest(path: string, threadFromBytes = THREAD_FROM_BYTES): Digest {
  const hash = createHash('sha256');
  let written = 0;
  let thread: ReturnType<typeof startDigestThread> | undefined;

  return {
    add(chunks) {
      for (const chunk of chunks) {
        written += chunk.length;
        if (thread === undefined) hash.update(chunk);
      }
      if (written >= threadFromBytes) {
        thread ??= startDigestThread(path);
        thread.post({ written });
      }
    },
    async finish() {
      if (thread === undefined) return hash.digest('hex');
      thread.post('end');
      return thread.result;
    },
    abandon() {
      thread?.stop();
    },
  };
}

/** Computes the SHA-256 of a finished file in a thread. @throws when the file cannot be read, or is shorter than `size` */
export function digestOfFile(path: string, size: number): Promise<string> {
  const thread = startDigestThread(path);
  thread.post({ written: size });
  thread.post('end');
  return thread.result;
}

function startDigestThread(path: string) {
  const worker = startThread('packages/digest-thread', { workerData: path });
  const result = new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`The thread that hashes ${path} ended early.`)));
  });
  // `finish` awaits it; until then a failure must not count as unhandled.
  result.catch(() => {});
  return {
    result,
    post: (message: DigestThreadMessage) => worker.postMessage(message),
    stop: () => void worker.terminate(),
  };
}
