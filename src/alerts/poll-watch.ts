import type { PollRepository } from './poll-repository.ts';
import { afterPoll, type PollRun } from './poll-run.ts';

/** An account that is or was polled. */
export interface WatchedPolls {
  readonly run: PollRun;
  /** How long it has not been polled while the service ran, ms. */
  readonly silentMs: number;
  /** Whether it was polled since the service started. */
  readonly seen: boolean;
}

/** Remembers when accounts are polled, also over restarts. */
export interface PollWatch {
  polled(accountId: string): void;
  of(accountId: string): WatchedPolls | undefined;
}

export interface PollWatchParts {
  readonly repository: PollRepository;
  readonly now: () => number;
  /** ms that only grow, so that a clock that is set is not taken for silence. */
  readonly monotonic: () => number;
  readonly failed: (error: unknown) => void;
}

/** A run is written down this often at most. */
const SAVE_EVERY_MS = 30_000;

interface Watched {
  readonly run: PollRun;
  readonly seenAt: number | undefined;
  readonly savedAt: number | undefined;
}

export async function createPollWatch(parts: PollWatchParts): Promise<PollWatch> {
  const { repository, now, monotonic, failed } = parts;
  const startedAt = monotonic();
  const stored = await repository.all();
  const watched = new Map<string, Watched>(
    [...stored].map(([id, run]) => [id, { run, seenAt: undefined, savedAt: undefined }]),
  );

  return {
    polled(accountId) {
      const known = watched.get(accountId);
      const run = afterPoll(known?.run, now());
      const seenAt = monotonic();
      const isDue = known?.savedAt === undefined || seenAt - known.savedAt >= SAVE_EVERY_MS;
      watched.set(accountId, { run, seenAt, savedAt: isDue ? seenAt : known.savedAt });
      if (isDue) repository.save(accountId, run).catch(failed);
    },

    of(accountId) {
      const known = watched.get(accountId);
      if (known === undefined) return undefined;
      return {
        run: known.run,
        silentMs: monotonic() - (known.seenAt ?? startedAt),
        seen: known.seenAt !== undefined,
      };
    },
  };
}
