import { startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { PollRepository } from './poll-repository.ts';
import { afterPolls, joinSpans, type PollRun, type PollSpan, pollAt } from './poll-run.ts';

export interface WatchedPolls {
  /** The polls that this node knows of: its own, and those of other nodes until some seconds ago. */
  readonly run: PollRun;
  /** Time without a poll while the service was running, ms. */
  readonly silentMs: number;
  readonly isPolledSinceStart: boolean;
}

export interface PollWatch {
  recordPoll(accountId: string): void;
  /** Undefined for an account that was never polled. */
  pollsOf(accountId: string): WatchedPolls | undefined;
  /** Stores the last polls. */
  close(): Promise<void>;
}

export interface PollWatchOptions {
  readonly repository: PollRepository;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** How often polls are stored, and those of other nodes read. The shortest silence that matters is of minutes. */
const EXCHANGE_INTERVAL_MS = 15_000;

interface Entry {
  readonly run: PollRun;
  /** When this node got or read of the last poll, by the monotonic clock; undefined before the first since the start. */
  readonly noticedAt: number | undefined;
}

/** Records the polls of accounts on all nodes, also across restarts. */
export async function startPollWatch({ repository, now, timers, log }: PollWatchOptions): Promise<PollWatch> {
  // A change of the system clock is not silence.
  const { monotonic } = timers;
  const startedAt = monotonic();
  const entries = new Map<string, Entry>(
    Array.from(await repository.all(), ([id, run]) => [id, { run, noticedAt: undefined }]),
  );
  /** Polls of this node that are not stored yet, by account. */
  let unstored = new Map<string, PollSpan>();

  async function store(): Promise<void> {
    const spans = unstored;
    unstored = new Map();
    try {
      if (spans.size > 0) await repository.add(spans);
    } catch (error) {
      for (const [id, span] of unstored) spans.set(id, joinSpans(spans.get(id), span));
      unstored = spans;
      throw error;
    }
  }

  async function readOthers(): Promise<void> {
    for (const [id, stored] of await repository.all()) {
      const own = unstored.get(id);
      const run = own === undefined ? stored : afterPolls(stored, own);
      const known = entries.get(id);
      const isNew = known?.run.polls !== run.polls || known.run.lastPollAt !== run.lastPollAt;
      entries.set(id, { run, noticedAt: isNew ? monotonic() : known.noticedAt });
    }
  }

  const loop = startBackgroundLoop({
    timers,
    async work() {
      await store();
      await readOthers();
      return EXCHANGE_INTERVAL_MS;
    },
    onFailure(error) {
      log.error({ err: error }, 'polls could not be stored; they are stored later');
      return EXCHANGE_INTERVAL_MS;
    },
  });

  return {
    recordPoll(accountId) {
      const poll = pollAt(now());
      unstored.set(accountId, joinSpans(unstored.get(accountId), poll));
      const run = afterPolls(entries.get(accountId)?.run, poll);
      entries.set(accountId, { run, noticedAt: monotonic() });
    },

    pollsOf(accountId) {
      const known = entries.get(accountId);
      if (known === undefined) return undefined;
      return {
        run: known.run,
        silentMs: monotonic() - (known.noticedAt ?? startedAt),
        isPolledSinceStart: known.noticedAt !== undefined,
      };
    },

    async close() {
      await loop.stop();
      await store().catch((error: unknown) =>
        log.error({ err: error }, 'the last polls could not be stored'),
      );
    },
  };
}
