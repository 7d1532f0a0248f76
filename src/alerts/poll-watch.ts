import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { PollRepository } from './poll-repository.ts';
import { afterPoll, type PollRun } from './poll-run.ts';

export interface WatchedPolls {
  readonly run: PollRun;
  /** Time without a poll while the service was running, ms. */
  readonly silentMs: number;
  readonly isPolledSinceStart: boolean;
}

export interface PollWatchOptions {
  readonly repository: PollRepository;
  readonly now: () => number;
  readonly timers: Pick<Timers, 'monotonic'>;
  readonly log: Log;
}

const MIN_SAVE_INTERVAL_MS = 30_000;

interface Entry {
  readonly run: PollRun;
  /** Monotonic, as is `savedAt`; undefined before the first poll since the start. */
  readonly polledAt: number | undefined;
  readonly savedAt: number | undefined;
}

/** Records the polls of accounts, also across restarts. */
export async function createPollWatch(options: PollWatchOptions) {
  const { repository, now, timers, log } = options;
  // A change of the system clock is not silence.
  const { monotonic } = timers;
  const startedAt = monotonic();
  const stored = await repository.all();
  const entries = new Map<string, Entry>(
    Array.from(stored, ([id, run]) => [id, { run, polledAt: undefined, savedAt: undefined }]),
  );

  return {
    recordPoll(accountId: string): void {
      const known = entries.get(accountId);
      const run = afterPoll(known?.run, now());
      const polledAt = monotonic();
      const isDue = known?.savedAt === undefined || polledAt - known.savedAt >= MIN_SAVE_INTERVAL_MS;
      entries.set(accountId, { run, polledAt, savedAt: isDue ? polledAt : known.savedAt });
      if (!isDue) return;
      repository
        .save(accountId, run)
        .catch((error: unknown) => log.error({ err: error }, 'a poll could not be stored'));
    },

    /** Undefined for an account that was never polled. */
    pollsOf(accountId: string): WatchedPolls | undefined {
      const known = entries.get(accountId);
      if (known === undefined) return undefined;
      return {
        run: known.run,
        silentMs: monotonic() - (known.polledAt ?? startedAt),
        isPolledSinceStart: known.polledAt !== undefined,
      };
    },
  };
}
