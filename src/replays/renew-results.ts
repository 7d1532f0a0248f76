import type { Jobs } from '../jobs/jobs.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';
import { type FinishDependencies, finish } from './finish.ts';
import type { Replay } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';

export interface RenewalDependencies extends Omit<FinishDependencies, 'replays'> {
  readonly replays: Pick<ReplayRepository, 'find' | 'accounts' | 'decidedCandles' | 'results'>;
  readonly registry: Pick<PackageRegistry, 'find'>;
  readonly jobs: Pick<Jobs, 'queue'>;
  readonly log: Log;
  /** Called after the results of a replay have changed. */
  readonly publish: (replay: Replay) => void;
}

const RETRIES = { retries: 3, retryMs: 60_000 };
const LIMIT_MS = 3_600_000;

/**
 * Declares the jobs that compute the results of finished replays again, once, where they were stored in an older form: from
 * the curve, the lots and the forecasts that are stored.
 */
export function declareResultRenewals(dependencies: RenewalDependencies): void {
  const { replays, registry, jobs, log, publish } = dependencies;

  async function renew(id: string, signal: AbortSignal): Promise<void> {
    const replay = await replays.find(id);
    const stored = await replays.accounts.find(id);
    if (replay?.state !== 'DONE' || replay.results !== null || stored === undefined) return;
    const model = await registry.find(replay.packageId);
    if (model === undefined || filesOf(model.version) !== filesOf(replay.packageVersion)) {
      // It is no longer known which range the files were trained on, and so what the results are worth.
      log.warn(
        { replay: id },
        'the results of a replay cannot be computed again: its package has other files',
      );
      await replays.results.renew(id, null);
      return;
    }
    const pause = async () => {
      signal.throwIfAborted();
      await dependencies.pause();
    };
    const decided = await replays.decidedCandles(id);
    const decidedTimes = new Set(decided);
    const { results, origin } = await finish(
      { ...dependencies, pause },
      {
        ...{ replay, stored, model },
        isDecided: (asOf) => decided === null || decidedTimes.has(asOf),
        lookAhead: await replays.results.lookAhead(id),
      },
    );
    await replays.results.renew(id, results, origin);
    publish({ ...replay, results });
    log.info({ replay: id }, 'the results of a replay have been computed again');
  }

  jobs.queue(
    {
      kind: 'replay-results',
      ...{ concurrency: 1, ...RETRIES, limitMs: LIMIT_MS },
      due: async () => (await replays.results.outdated()).map((key) => ({ key })),
    },
    renew,
  );
}

/** The part of a version that names files, without the form of weights. */
function filesOf(version: string): string | undefined {
  return version.split('+')[0];
}
