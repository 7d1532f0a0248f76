import { setTimeout as delay } from 'node:timers/promises';
import type { FactorModels } from './factor-models.ts';

/** Looks at registered directories again and again, and has them scanned once they changed and are quiet. */
export interface Watcher {
  close(): Promise<void>;
}

export interface WatcherParts {
  readonly models: Pick<FactorModels, 'watched' | 'rescan'>;
  /** Names, sizes and times of a directory's artifacts, as one mark. @throws when it cannot be listed */
  readonly fingerprint: (root: string) => Promise<string>;
  readonly intervalMs: number;
  readonly debounceMs: number;
  /** ms that only ever grow. */
  readonly monotonic: () => number;
  readonly log: { warn(data: object, message: string): void };
}

/** The looks during the quiet time: a change in it is seen, and begins it anew. */
const LOOKS_PER_DEBOUNCE = 4;
const SHORTEST_PAUSE_MS = 20;
const CANNOT_BE_LISTED = 'cannot be listed';

interface Change {
  readonly fingerprint: string;
  readonly since: number;
}

/**
 * Polls, which sees every kind of change on every kind of file system: renames over a file, copies that take long,
 * truncation, folders that go away (factor-models.md#23).
 */
export function startWatcher(parts: WatcherParts): Watcher {
  const { models, intervalMs, debounceMs, monotonic } = parts;
  const changes = new Map<string, Change>();
  const closing = new AbortController();

  async function look(name: string, root: string, scanned: string | undefined): Promise<void> {
    const fingerprint = await parts.fingerprint(root).catch(() => CANNOT_BE_LISTED);
    if (fingerprint === scanned) {
      changes.delete(name);
      return;
    }
    const before = changes.get(name);
    const change = before?.fingerprint === fingerprint ? before : { fingerprint, since: monotonic() };
    changes.set(name, change);
    if (monotonic() - change.since < debounceMs || closing.signal.aborted) return;
    changes.delete(name);
    await models.rescan(name, fingerprint);
  }

  /** Until the next interval, or sooner where something is to become quiet. */
  function pauseMs(): number {
    const waits = [...changes.values()].map(({ since }) => since + debounceMs - monotonic());
    if (waits.length === 0) return intervalMs;
    const nextLook = Math.min(debounceMs / LOOKS_PER_DEBOUNCE, ...waits);
    return Math.min(intervalMs, Math.max(SHORTEST_PAUSE_MS, nextLook));
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const { name, root, scanned } of models.watched()) {
        // A model whose first scan is still under way has no state to compare with.
        if (scanned !== undefined) await look(name, root, scanned);
      }
      await delay(pauseMs(), undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  const running = run().catch((error: unknown) => {
    if (!closing.signal.aborted) parts.log.warn({ err: error }, 'watching factor models ended');
  });
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
