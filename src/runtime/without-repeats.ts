import { LRUCache } from 'lru-cache';
import type { Log } from './log.ts';

/** So long an error that was logged is not logged again. */
const QUIET_MS = 10 * 60_000;
/** More different errors than happen at a time. */
const MAX_ERRORS = 1000;

interface Logged {
  readonly at: number;
  repeats: number;
}

/**
 * A log in which an error that repeats is one line in ten minutes; the next one says how many there were (`repeats`). Errors are
 * the same when texts and subjects are, whatever the numbers in them. Lines without an error are not changed.
 * @param now ms since the epoch
 */
export function withoutRepeats(log: Log, now: () => number): Log {
  const logged = new LRUCache<string, Logged>({ max: MAX_ERRORS });

  function write(level: 'warn' | 'error', data: object, message: string): void {
    const key = keyOf(level, data, message);
    if (key === undefined) {
      log[level](data, message);
      return;
    }
    const known = logged.get(key);
    if (known !== undefined && now() - known.at < QUIET_MS) {
      known.repeats += 1;
      return;
    }
    logged.set(key, { at: now(), repeats: 0 });
    log[level](known?.repeats ? { ...data, repeats: known.repeats } : data, message);
  }

  return {
    info: (data, message) => log.info(data, message),
    warn: (data, message) => write('warn', data, message),
    error: (data, message) => write('error', data, message),
  };
}

/** Undefined for a line without an error. */
function keyOf(level: string, data: object, message: string): string | undefined {
  const { err, ...facts } = data as Readonly<Record<string, unknown>>;
  if (err === undefined && facts.error === undefined) return undefined;
  const texts = Object.values(facts).filter((value) => typeof value === 'string');
  const words = [level, message, String(err), ...texts].map((text) => text.replace(/\d+/g, '#'));
  return JSON.stringify(words);
}
