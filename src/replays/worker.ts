import { databaseFault } from '../db/database-fault.ts';
import { PaperdeskError } from '../errors.ts';
import { type JobQueue, type Jobs, RepeatJob } from '../jobs/jobs.ts';
import { type ModelPackage, requireInService } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { FILE_FAULTS } from '../packages/stored-file.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { isFinished, type Replay } from './replay-job.ts';
import type { ReplayGroup } from './replay-repository.ts';
import { ReplayLost, type RunDependencies, runReplay } from './run-replay.ts';

/** Errors after which another run, here or on another node, goes on from what is stored. */
const INTERRUPTIONS: ReadonlySet<string> = new Set(['SHUTTING_DOWN', ...FILE_FAULTS]);

/** The jobs of replays; their keys are ids of replays. */
export interface ReplayWorker {
  readonly runs: JobQueue;
  /** Runs counterfactuals, one at a time, beside ordinary replays. */
  readonly counterfactuals: JobQueue;
  /** Removes hidden replays. */
  readonly removals: JobQueue;
}

export interface WorkerDependencies
  extends Omit<RunDependencies, 'runId' | 'model' | 'pause' | 'sleep' | 'onChange'> {
  readonly jobs: Pick<Jobs, 'queue'>;
  /** Replays that this process runs at the same time. */
  readonly concurrency: number;
  readonly registry: Pick<PackageRegistry, 'get' | 'find'>;
  readonly timers: Timers;
  readonly newId: () => string;
  /** Yields to other work. */
  readonly pause: () => Promise<unknown>;
  readonly log: Log;
  readonly publish: (replay: Replay) => void;
  /** Called after each replay that ended. */
  readonly onFinished: () => void;
}

/** Older finished replays of a package are deleted (paper.md#49). */
const MAX_STORED = 50;
/** An aborted run ends within this time, or continues without an effect. */
const MAX_STOP_MS = 1000;
/** Shortest time between two events of a running replay in one phase. */
const EVENT_INTERVAL_MS = 2000;
/** What is wrong with a replay itself is stored in it; only failures around it make the job fail. */
const RETRIES = { retries: 5, retryMs: 5000 };
/** A replay that takes longer goes on in another run. */
const RUN_LIMIT_MS = 23 * 3_600_000;
const REMOVAL_LIMIT_MS = 3_600_000;

/** Declares the jobs that run and remove replays. */
export function createReplayWorker(dependencies: WorkerDependencies): ReplayWorker {
  const { jobs, concurrency, replays, registry, timers, newId, pause, publish, now, log } = dependencies;

  /** Publishes every change of phase, and progress at most every two seconds. */
  function createThrottledPublish(): (replay: Replay) => void {
    let last = { at: Number.NEGATIVE_INFINITY, phase: '' };
    return (replay) => {
      const phase = `${replay.state} ${replay.phase}`;
      const at = timers.monotonic();
      if (phase === last.phase && at - last.at < EVENT_INTERVAL_MS) return;
      last = { at, phase };
      publish(replay);
    };
  }

  async function run(replay: Replay, runId: string, signal: AbortSignal): Promise<void> {
    await runReplay(
      {
        ...dependencies,
        runId,
        model: () => unchangedModel(replay),
        onChange: createThrottledPublish(),
        async pause() {
          signal.throwIfAborted();
          await pause();
          signal.throwIfAborted();
        },
        sleep: (ms) => timers.sleep(ms, signal),
      },
      replay,
    );
    log.info({ replay: replay.id, package: replay.packageId }, 'a replay is done');
  }

  /** @throws PACKAGE_NOT_FOUND, FORECAST_TOO_SLOW, PACKAGE_STATE if it has other files or weights */
  async function unchangedModel({ packageId, packageVersion }: Replay): Promise<ModelPackage> {
    const model = await registry.get(packageId);
    requireInService(model);
    if (model.version === packageVersion) return model;
    throw new PaperdeskError(
      'PACKAGE_STATE',
      `${packageId} has other files or weights now than when this replay began; request a new replay.`,
    );
  }

  async function fail(id: string, runId: string, error: unknown): Promise<void> {
    log.warn({ err: error, replay: id }, 'a replay failed');
    const known = error instanceof PaperdeskError;
    const failed = await replays.change(
      id,
      {
        state: 'FAILED',
        phase: null,
        error: {
          code: known ? error.code : 'INTERNAL',
          detail: known ? error.message : 'An unexpected error; the log of the service has the details.',
        },
        finishedAt: now(),
      },
      runId,
    );
    if (failed !== undefined) publish(failed);
  }

  /** Works on a replay until it is finished or the signal aborts. @throws errors of the database, RepeatJob */
  async function workOn(id: string, signal: AbortSignal): Promise<void> {
    const queued = await replays.find(id);
    if (queued === undefined || isFinished(queued)) return;
    const runId = newId();
    // The weights of the package may have changed while the replay waited (paper.md#48).
    const model = await registry.find(queued.packageId);
    // A counterfactual is compared with its original, so it has the same files or fails.
    const version = queued.counterfactual === null ? model?.version : queued.packageVersion;
    const replay = await replays.begin(id, runId, version, now());
    if (replay === undefined) return;
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => void timers.sleep(MAX_STOP_MS).then(resolve));
    });
    const running = run(replay, runId, signal).catch(async (error: unknown) => {
      if (signal.aborted || error instanceof ReplayLost) return;
      // The next run goes on from what is stored.
      if (databaseFault(error) !== undefined) throw error;
      if (error instanceof PaperdeskError && INTERRUPTIONS.has(error.code))
        throw new RepeatJob(error.message);
      await fail(id, runId, error);
    });
    // A download may take longer; it stores its candles in the background.
    await Promise.race([running, stopped]);
    if (signal.aborted) return;
    dependencies.onFinished();
    await replays.hideOld(replay.packageId, MAX_STORED);
    for (const hidden of await replays.hidden()) await removals.send(hidden);
  }

  const removals = jobs.queue(
    {
      kind: 'replay-removal',
      ...{ concurrency: 1, ...RETRIES, limitMs: REMOVAL_LIMIT_MS },
      due: async () => (await replays.hidden()).map((key) => ({ key })),
    },
    async (id, signal) => {
      while (!signal.aborted && (await replays.removeSome(id))) await pause();
    },
  );
  const runsOf = (kind: string, group: ReplayGroup, limit: number) =>
    jobs.queue(
      {
        kind,
        ...{ concurrency: limit, ...RETRIES, limitMs: RUN_LIMIT_MS },
        due: async () => (await replays.unfinished(group)).map((key) => ({ key })),
      },
      workOn,
    );
  const runs = runsOf('replay', 'ordinary', concurrency);
  const counterfactuals = runsOf('counterfactual', 'counterfactual', 1);
  return { runs, counterfactuals, removals };
}
