import { databaseFault } from '../db/database-fault.ts';
import { PaperdeskError } from '../errors.ts';
import { type DueJob, type Jobs, RepeatJob } from '../jobs/jobs.ts';
import type { Log } from '../runtime/log.ts';
import { isOutOfService, type ModelPackage, OUT_OF_SERVICE } from './model-package.ts';
import type { PackageRegistry } from './registry.ts';
import { FILE_FAULTS } from './stored-file.ts';
import type { Int8Trial } from './weight-choice.ts';

/** Warms packages up in the background, and tries 8-bit weights where wanted (packages.md#22). */
export interface WarmUps {
  /** Lets failed warm-ups run again (packages.md#25). To be called before the jobs start. */
  start(): Promise<void>;
  /** Takes a package out of service until its warm-up is requested. @param reason sentences */
  takeOutOfService(id: string, reason: string): Promise<void>;
  /** Queues a warm-up, even if the package was warmed up before. @throws PACKAGE_NOT_FOUND, PACKAGE_ARCHIVED */
  request(id: string): Promise<void>;
  /** Queues what follows from a new choice of weights: a trial of 8-bit weights, or their removal. */
  requestWeights(id: string): Promise<void>;
}

export interface WarmUpDependencies {
  readonly jobs: Pick<Jobs, 'queue'>;
  readonly registry: PackageRegistry;
  /** One full decision on real candles. @throws when any step fails or a number is not finite */
  readonly decide: (model: ModelPackage) => Promise<void>;
  readonly int8: {
    isWanted(model: ModelPackage): boolean;
    runTrial(model: ModelPackage): Promise<Int8Trial>;
    /** Removes the derived file of 8-bit weights. */
    removeFile(model: ModelPackage): Promise<void>;
  };
  readonly log: Log;
}

/** Errors that are not the package's fault: the task runs again (packages.md#24). */
const TEMPORARY: ReadonlySet<string> = new Set([
  'MARKET_UNAVAILABLE',
  'INFERENCE_UNAVAILABLE',
  'SHUTTING_DOWN',
  ...FILE_FAULTS,
]);
const RETRY_MS = 30_000;
/** A trial that fails for another reason is repeated this often. */
const RETRIES = 3;
const LIMIT_MS = 3_600_000;

function isTemporary(error: unknown): boolean {
  return error instanceof PaperdeskError && TEMPORARY.has(error.code);
}

export function createWarmUps({ jobs, registry, decide, int8, log }: WarmUpDependencies): WarmUps {
  async function findActive(id: string): Promise<ModelPackage | undefined> {
    const model = await registry.find(id);
    return model?.status === 'ARCHIVED' ? undefined : model;
  }

  /** The packages that need something, the interrupted ones first. */
  async function due(): Promise<DueJob[]> {
    const isUnfinished = (model: ModelPackage) =>
      model.warmUpStatus === 'DONE' ? !hasWantedWeights(model) : model.warmUpStatus !== 'ERROR';
    const models = (await registry.list()).filter(
      (model) => model.status !== 'ARCHIVED' && isUnfinished(model),
    );
    const isFirst = ({ warmUpStatus }: ModelPackage) => Number(warmUpStatus === 'RUNNING');
    return models
      .reverse()
      .sort((a, b) => isFirst(b) - isFirst(a))
      .map(({ id }) => ({ key: id }));
  }

  async function work(id: string, signal: AbortSignal): Promise<void> {
    const model = await findActive(id);
    if (model !== undefined && model.warmUpStatus !== 'DONE') await warmUp(model, signal);
    if (!signal.aborted) await updateWeights(id, signal);
  }

  /** @throws RepeatJob when something is not available now */
  async function warmUp({ id, int8Trial }: ModelPackage, signal: AbortSignal): Promise<void> {
    if (int8Trial !== undefined) await registry.setInt8Trial(id, undefined);
    const model = await findActive(id);
    if (model === undefined) return;
    await registry.setWarmUp(id, { status: 'RUNNING' });
    try {
      await decide(model);
    } catch (error) {
      if (signal.aborted) return;
      if (databaseFault(error) !== undefined) throw error;
      // It goes on with the next start, or on another node.
      if (error instanceof PaperdeskError && error.code === 'SHUTTING_DOWN')
        throw new RepeatJob(error.message);
      return fail(id, error);
    }
    await registry.setWarmUp(id, { status: 'DONE' });
    log.info({ package: id }, 'warm-up done');
  }

  async function fail(id: string, error: unknown): Promise<void> {
    log.warn({ err: error, package: id }, 'warm-up failed');
    const reason = error instanceof PaperdeskError ? error.message : 'An unexpected error; the log has it.';
    const isTooSlow = error instanceof PaperdeskError && error.code === 'FORECAST_TOO_SLOW';
    const willRetry = isTemporary(error);
    await registry.setWarmUp(id, {
      status: 'ERROR',
      error: willRetry
        ? `${reason} It is tried again every ${RETRY_MS / 1000} s.`
        : `${isTooSlow ? OUT_OF_SERVICE : ''}${reason}`,
    });
    if (willRetry) throw new RepeatJob(reason);
  }

  /** Tries 8-bit weights where they are wanted, removes them where they are not. @throws what the trial throws */
  async function updateWeights(id: string, signal: AbortSignal): Promise<void> {
    const model = await findActive(id);
    if (model?.warmUpStatus !== 'DONE' || hasWantedWeights(model)) return;
    if (!int8.isWanted(model)) {
      await registry.setInt8Trial(id, undefined);
      await int8.removeFile(model);
      return;
    }
    const trial = await int8.runTrial(model).catch((error: unknown) => {
      if (!signal.aborted && isTemporary(error)) {
        log.warn({ err: error, package: id }, 'the trial of 8-bit weights failed');
        throw new RepeatJob((error as Error).message);
      }
      throw error;
    });
    await registry.setInt8Trial(id, trial);
    const outcome = trial.used ? 'uses 8-bit weights from now on' : 'stays with float32 weights';
    log.info({ package: id, trial }, outcome);
    if (!trial.used) await int8.removeFile(model);
  }

  function hasWantedWeights(model: ModelPackage): boolean {
    return int8.isWanted(model) === (model.int8Trial !== undefined);
  }

  const queue = jobs.queue(
    { kind: 'warm-up', concurrency: 1, retries: RETRIES, retryMs: RETRY_MS, limitMs: LIMIT_MS, due },
    work,
  );

  return {
    async start() {
      for (const model of await registry.list()) {
        const { id, status, warmUpStatus } = model;
        const isIdle = status === 'ARCHIVED' || warmUpStatus === 'ERROR';
        if (isIdle && warmUpStatus !== 'DONE' && !isOutOfService(model))
          await registry.setWarmUp(id, { status: 'PENDING' });
      }
    },

    async takeOutOfService(id, reason) {
      log.warn({ package: id, reason }, 'a package is out of service');
      await registry.setWarmUp(id, { status: 'ERROR', error: `${OUT_OF_SERVICE}${reason}`, ends: true });
    },

    async request(id) {
      const { status } = await registry.get(id);
      if (status === 'ARCHIVED') {
        throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived; restore it before warming it up.`);
      }
      await registry.setWarmUp(id, { status: 'PENDING' });
      await queue.send(id);
    },

    requestWeights: (id) => queue.send(id),
  };
}
