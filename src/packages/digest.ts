import { createHash } from 'node:crypto';
import { startThread } from '../runtime/program-files.ts';
import type { ToDigestThread } from './digest-thread.ts';

/** The SHA-256 of a file that is being written. */
export interface Digest {
  /** Adds what was just written. */
  add(chunks: readonly Uint8Array[]): void;
  /** The hash in hex. @throws when the thread that computes it died */
  finish(): Promise<string>;
  /** Gives it up; nothing happens after `finish`. */
  abandon(): void;
}

/** From this many bytes on a thread of its own hashes a file: 466 MB would hold up uploads by 0.4 s. */
const THREAD_FROM = 16 * 2 ** 20;

/** A digest of nothing yet, of the file `path`. */
export function digestOf(path: string, threadFrom = THREAD_FROM): Digest {
  const hash = createHash('sha256');
  let written = 0;
  let thread: ReturnType<typeof followFile> | undefined;

  return {
    add(chunks) {
      for (const chunk of chunks) {
        written += chunk.length;
        if (thread === undefined) hash.update(chunk);
      }
      if (written >= threadFrom) {
        thread ??= followFile(path);
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

function followFile(path: string) {
  const worker = startThread('packages/digest-thread', { workerData: path });
  const result = new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`The thread that hashes ${path} ended early.`)));
  });
  // Whoever waits for the result is told; before that nobody may be listening.
  result.catch(() => {});
  return {
    result,
    post: (message: ToDigestThread) => worker.postMessage(message),
    stop: () => void worker.terminate(),
  };
}
