import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { Replay } from './replay-job.ts';
import { ReplayLost, type RunDependencies, runReplay } from './run-replay.ts';

/** Runs queued replays in the background, one at a time. */
export interface ReplayWorker {
  start(): void;
  /** Starts the next queued replay, and removes hidden ones. */
  wake(): void;
  /** Stops working on a replay. */
  abort(id: string): void;
  /** Interrupts the running replay; it continues at the next start. */
  close(): Promise<void>;
}

export interface WorkerDependencies extends Omit<RunDependencies, 'model' | 'pause' | 'sleep' | 'onChange'> {
  readonly registry: Pick<PackageRegistry, 'get'>;
  readonly timers: Timers;
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
/** A new replay wakes the worker; this pause is for replays that another process requested. */
const IDLE_MS = 60 * 60_000;
const PAUSE_AFTER_FAILURE_MS = 5000;
/** Shortest time between two events of a running replay in one phase. */
const EVENT_INTERVAL_MS = 2000;

export function createReplayWorker(dependencies: WorkerDependencies): ReplayWorker {
  const { replays, registry, timers, pause, publish, now, log } = dependencies;
  let loop: BackgroundLoop | undefined;
  let current: { readonly id: string; readonly stop: AbortController } | undefined;

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

  async function run(queued: Replay, signal: AbortSignal): Promise<void> {
    const { version } = await registry.get(queued.packageId);
    const replay = await replays.change(queued.id, {
      state: 'RUNNING',
      startedAt: queued.startedAt ?? now(),
      // The weights of the package may have changed while the replay waited (paper.md#48).
      ...(queued.state === 'QUEUED' ? { packageVersion: version } : {}),
    });
    if (replay === undefined) return;
    await runReplay(
      {
        ...dependencies,
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

  /** @throws PACKAGE_NOT_FOUND, PACKAGE_STATE if it has other files or weights */
  async function unchangedModel({ packageId, packageVersion }: Replay): Promise<ModelPackage> {
    const model = await registry.get(packageId);
    if (model.version === packageVersion) return model;
    throw new PaperdeskError(
      'PACKAGE_STATE',
      `${packageId} has other files or weights now than when this replay began; request a new replay.`,
    );
  }

  async function fail(id: string, error: unknown): Promise<void> {
    log.warn({ err: error, replay: id }, 'a replay failed');
    const known = error instanceof PaperdeskError;
    const failed = await replays.change(id, {
      state: 'FAILED',
      phase: null,
      error: {
        code: known ? error.code : 'INTERNAL',
        detail: known ? error.message : 'An unexpected error; the log of the service has the details.',
      },
      finishedAt: now(),
    });
    if (failed !== undefined) publish(failed);
  }

  /** Works on a replay until it is finished or aborted. */
  async function workOn(replay: Replay): Promise<void> {
    const stop = new AbortController();
    current = { id: replay.id, stop };
    const stopped = new Promise<void>((resolve) => {
      stop.signal.addEventListener('abort', () => void timers.sleep(MAX_STOP_MS).then(resolve));
    });
    const running = run(replay, stop.signal).catch(async (error: unknown) => {
      if (!stop.signal.aborted && !(error instanceof ReplayLost)) await fail(replay.id, error);
    });
    // A download may take longer; it stores its candles in the background.
    await Promise.race([running, stopped]);
    current = undefined;
    dependencies.onFinished();
  }

  /** Returns the pause before the next work, ms. */
  async function work(): Promise<number> {
    while (loop?.stopped !== true && (await replays.removeSome())) await pause();
    const replay = await replays.next();
    if (replay === undefined || loop?.stopped === true) return IDLE_MS;
    await workOn(replay);
    await replays.hideOld(replay.packageId, MAX_STORED);
    return 0;
  }

  return {
    start() {
      loop = startBackgroundLoop({
        work,
        onFailure(error) {
          log.error({ err: error }, 'replays cannot run');
          return PAUSE_AFTER_FAILURE_MS;
        },
        timers,
      });
    },

    wake: () => loop?.wake(),

    abort(id) {
      if (current?.id === id) current.stop.abort();
    },

    async close() {
      const stopped = loop?.stop();
      current?.stop.abort();
      await stopped;
    },
  };
}
