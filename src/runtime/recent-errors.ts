import { LRUCache } from 'lru-cache';
import { PaperdeskError } from '../errors.ts';
import type { Log } from './log.ts';

/** Something that went wrong lately. Times in ms; `first` and `last` differ where the same happened several times. */
export interface RecentError {
  readonly first: number;
  readonly last: number;
  readonly times: number;
  /** warn: the service went on by itself, or refused what it was asked. */
  readonly level: 'warn' | 'error';
  /** Where: a route, or what the service was about. */
  readonly where: string;
  readonly code: string | null;
  /** A sentence without internals. */
  readonly text: string;
  /** Of the last one; finds it in the log. */
  readonly requestId: string | null;
}

/** The newest errors of this run, kept in memory for the operator. */
export interface RecentErrors {
  note(error: Omit<RecentError, 'first' | 'last' | 'times'>): void;
  /** Newest first. */
  list(): readonly RecentError[];
}

const MAX_ERRORS = 100;
const LONGEST_TEXT = 1000;

/** @param now ms since the epoch */
export function createRecentErrors(now: () => number): RecentErrors {
  const errors = new LRUCache<string, RecentError>({ max: MAX_ERRORS });
  return {
    note(error) {
      const text = error.text.slice(0, LONGEST_TEXT);
      const key = JSON.stringify([error.level, error.where, error.code, text]);
      const known = errors.get(key);
      const last = now();
      errors.set(key, { ...error, text, first: known?.first ?? last, last, times: (known?.times ?? 0) + 1 });
    },
    list: () => [...errors.values()],
  };
}

/** What log lines name as the thing that they are about. */
const SUBJECTS = ['package', 'symbol', 'replay', 'account', 'model', 'subject'];

/** The same log, whose warnings and errors are noted too; of faults that are not ours, only what the line says. */
export function noteErrors(log: Log, recent: RecentErrors): Log {
  const note = (level: RecentError['level'], data: object, message: string) => {
    const facts = data as Readonly<Record<string, unknown>>;
    const subject = SUBJECTS.map((name) => facts[name]).find((value) => typeof value === 'string');
    const known = facts.err instanceof PaperdeskError ? facts.err : undefined;
    recent.note({
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
      note('warn', data, message);
      log.warn(data, message);
    },
    error(data, message) {
      note('error', data, message);
      log.error(data, message);
    },
  };
}

function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
