import { LRUCache } from 'lru-cache';
import { PaperdeskError } from '../errors.ts';
import type { Log } from './log.ts';

/** A recent error. `first` and `last` are the times (ms) of its first and its last occurrence. */
export interface RecentError {
  readonly first: number;
  readonly last: number;
  /** Number of occurrences. */
  readonly times: number;
  /** warn: a request was refused, or the service recovered by itself. */
  readonly level: 'warn' | 'error';
  /** A route, or the subject of the error. */
  readonly where: string;
  readonly code: string | null;
  /** A sentence without internals. */
  readonly text: string;
  /** Of the last occurrence, as in the log. */
  readonly requestId: string | null;
}

/** The newest errors since the start, in memory. */
export interface RecentErrors {
  add(error: Omit<RecentError, 'first' | 'last' | 'times'>): void;
  /** Newest first. */
  list(): readonly RecentError[];
}

const MAX_ERRORS = 100;
const MAX_TEXT_LENGTH = 1000;

/** @param now ms since the epoch */
export function createRecentErrors(now: () => number): RecentErrors {
  const errors = new LRUCache<string, RecentError>({ max: MAX_ERRORS });
  return {
    add(error) {
      const text = error.text.slice(0, MAX_TEXT_LENGTH);
      const key = JSON.stringify([error.level, error.where, error.code, text]);
      const known = errors.get(key);
      const last = now();
      errors.set(key, { ...error, text, first: known?.first ?? last, last, times: (known?.times ?? 0) + 1 });
    },
    list: () => [...errors.values()],
  };
}

/** Fields of log lines that name the subject. */
const SUBJECT_FIELDS = ['package', 'symbol', 'replay', 'account', 'model', 'subject'];

/** A log that adds its warnings and errors to the recent errors, without messages of errors that are not ours. */
export function withRecentErrors(log: Log, recent: RecentErrors): Log {
  const add = (level: RecentError['level'], data: object, message: string) => {
    const facts = data as Readonly<Record<string, unknown>>;
    const subject = SUBJECT_FIELDS.map((name) => facts[name]).find((value) => typeof value === 'string');
    const known = facts.err instanceof PaperdeskError ? facts.err : undefined;
    recent.add({
      level,
      where: typeof subject === 'string' ? subject : 'service',
      code: known?.code ?? null,
      text: sentenceOf(known === undefined ? message : `${message}: ${known.message}`),
      requestId: null,
    });
  };
  return {
    info: (data, message) => log.info(data, message),
    warn(data, message) {
      add('warn', data, message);
      log.warn(data, message);
    },
    error(data, message) {
      add('error', data, message);
      log.error(data, message);
    },
  };
}

function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
