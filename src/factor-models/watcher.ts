import { setTimeout as delay } from 'node:timers/promises';
import { PaperdeskError } from '../errors.ts';
import type { FactorModels } from './factor-models.ts';

/** Polls registered directories, and rescans those that changed and have not changed again for a while (factor-models.md#23). */
export interface Watcher {
  close(): Promise<void>;
}

export interface WatcherOptions {
  readonly models: Pick<FactorModels, 'watched' | 'rescan'>;
  /** Changes when an artifact's name, size or time changes. @throws when the directory cannot be listed */
  readonly fingerprint: (root: string) => Promise<string>;
  readonly intervalMs: number;
  readonly debounceMs: number;
  /** ms, never goes back. */
  readonly monotonic: () => number;
  readonly log: { warn(data: object, message: string): void };
}

/** While a change is settling: another change in that time starts the debounce again. */
const CHECKS_PER_DEBOUNCE = 4;
const MIN_PAUSE_MS = 20;
const CANNOT_BE_LISTED = 'cannot be listed';
/** A directory that hangs holds up all others while it is looked at. */
const HANGING_PAUSE_MS = 600_000;

interface Change {
  readonly fingerprint: string;
  readonly since: number;
}

/**
 * Polling sees every kind of change on every file system: a rename over a file, a slow copy, truncation, a folder that
 * disappears.
 */
export function startWatcher(options: WatcherOptions): Watcher {
  const { models, intervalMs, debounceMs, monotonic } = options;
  const settling = new Map<string, Change>();
  const closing = new AbortController();
  /** When a directory that hung is looked at again. */
  const hanging = new Map<string, number>();

  async function check(name: string, root: string, scanned: string): Promise<void> {
    if (monotonic() < (hanging.get(root) ?? Number.NEGATIVE_INFINITY)) return;
    const fingerprint = await options.fingerprint(root).catch((error: unknown) => {
      if (error instanceof PaperdeskError && error.code === 'FACTOR_SCAN_TIMEOUT')
        hanging.set(root, monotonic() + HANGING_PAUSE_MS);
      return CANNOT_BE_LISTED;
    });
    if (hanging.has(root) && fingerprint !== CANNOT_BE_LISTED) hanging.delete(root);
    if (fingerprint === scanned) {
      settling.delete(name);
      return;
    }
    const before = settling.get(name);
    const change = before?.fingerprint === fingerprint ? before : { fingerprint, since: monotonic() };
    settling.set(name, change);
    if (monotonic() - change.since < debounceMs || closing.signal.aborted) return;
    settling.delete(name);
    await models.rescan(name, fingerprint);
  }

  function pauseMs(): number {
    const waits = Array.from(settling.values(), ({ since }) => since + debounceMs - monotonic());
    if (waits.length === 0) return intervalMs;
    const nextCheck = Math.min(debounceMs / CHECKS_PER_DEBOUNCE, ...waits);
    return Math.min(intervalMs, Math.max(MIN_PAUSE_MS, nextCheck));
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const watched = models.watched();
      for (const { name, root, scanned } of watched) {
        // Before the first scan has ended there is nothing to compare with.
        if (scanned !== undefined) await check(name, root, scanned);
      }
      for (const name of settling.keys()) {
        if (!watched.some((one) => one.name === name)) settling.delete(name);
      }
      await delay(pauseMs(), undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  const running = run().catch((error: unknown) => {
    if (!closing.signal.aborted) options.log.warn({ err: error }, 'watching factor models ended');
  });
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
