import type { PollRepository } from './poll-repository.ts';
import { afterPoll, type PollRun } from './poll-run.ts';

export interface WatchedPolls {
  readonly run: PollRun;
  /** Time without a poll while the service was running, ms. */
  readonly silentMs: number;
  readonly isPolledSinceStart: boolean;
}

/** Records when accounts are polled, also across restarts. */
export interface PollWatch {
  recordPoll(accountId: string): void;
  /** Undefined for an account that was never polled. */
  pollsOf(accountId: string): WatchedPolls | undefined;
}

export interface PollWatchOptions {
  readonly repository: PollRepository;
  readonly now: () => number;
  /** ms, never goes back, so that a change of the system clock is not taken for silence. */
  readonly monotonic: () => number;
  readonly onError: (error: unknown) => void;
}

const MIN_SAVE_INTERVAL_MS = 30_000;

interface Entry {
  readonly run: PollRun;
  /** Monotonic, as is `savedAt`; undefined before the first poll since the start. */
  readonly polledAt: number | undefined;
  readonly savedAt: number | undefined;
}

export async function createPollWatch(options: PollWatchOptions): Promise<PollWatch> {
  const { repository, now, monotonic, onError } = options;
  const startedAt = monotonic();
  const stored = await repository.all();
  const entries = new Map<string, Entry>(
    Array.from(stored, ([id, run]) => [id, { run, polledAt: undefined, savedAt: undefined }]),
  );

  return {
    recordPoll(accountId) {
      const known = entries.get(accountId);
      const run = afterPoll(known?.run, now());
      const polledAt = monotonic();
      const isDue = known?.savedAt === undefined || polledAt - known.savedAt >= MIN_SAVE_INTERVAL_MS;
      entries.set(accountId, { run, polledAt, savedAt: isDue ? polledAt : known.savedAt });
      if (isDue) repository.save(accountId, run).catch(onError);
    },

    pollsOf(accountId) {
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
