import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from './model-package.ts';
import type { PackageRegistry } from './registry.ts';
import type { Int8Trial } from './weight-choice.ts';

/** Warms packages up in the background, one at a time, and tries 8-bit weights where wanted (packages.md#22). */
export interface WarmUps {
  /** Queues every package that needs a warm-up or a trial, also those that a stop interrupted (packages.md#25). */
  start(): Promise<void>;
  /** Queues a warm-up, even if the package was warmed up before. @throws PACKAGE_NOT_FOUND, PACKAGE_ARCHIVED */
  request(id: string): Promise<void>;
  /** Queues what follows from a new choice of weights: a trial of 8-bit weights, or their removal. */
  requestWeights(id: string): void;
  /** Clears the queue and waits for the task that runs. */
  close(): Promise<void>;
}

export interface WarmUpDependencies {
  readonly registry: PackageRegistry;
  /** One full decision on real candles. @throws when any step fails or a number is not finite */
  readonly decide: (model: ModelPackage) => Promise<void>;
  readonly int8: {
    isWanted(model: ModelPackage): boolean;
    runTrial(model: ModelPackage): Promise<Int8Trial>;
    /** Removes the derived file of 8-bit weights. */
    removeFile(model: ModelPackage): Promise<void>;
  };
  /** Calls back after `ms`. @returns a function that cancels */
  readonly later: (ms: number, callback: () => void) => () => void;
  readonly log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
}

/** Errors that are not the package's fault: the task runs again (packages.md#24). */
const TEMPORARY = new Set(['MARKET_UNAVAILABLE', 'INFERENCE_UNAVAILABLE']);
const RETRY_MS = 30_000;

function isTemporary(error: unknown): boolean {
  return error instanceof PaperdeskError && TEMPORARY.has(error.code);
}

export function createWarmUps({ registry, decide, int8, later, log }: WarmUpDependencies): WarmUps {
  const queue: string[] = [];
  const cancelRetry = new Map<string, () => void>();
  let running: Promise<void> | undefined;
  let closed = false;

  function enqueue(id: string): void {
    if (closed || queue.includes(id)) return;
    cancelRetry.get(id)?.();
    cancelRetry.delete(id);
    queue.push(id);
    run();
  }

  function run(): void {
    running ??= work().finally(() => {
      running = undefined;
      // A package may have been queued after `work` saw an empty queue.
      if (queue.length > 0) run();
    });
  }

  async function work(): Promise<void> {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        const model = await findActive(id);
        if (model !== undefined && model.warmUpStatus !== 'DONE') await warmUp(model);
        await updateWeights(id);
      } catch (error) {
        log.warn({ err: error, package: id }, 'a warm-up could not be stored');
      }
    }
  }

  async function findActive(id: string): Promise<ModelPackage | undefined> {
    const model = await registry.find(id);
    return model?.status === 'ARCHIVED' ? undefined : model;
  }

  function retry(id: string): void {
    cancelRetry.set(
      id,
      later(RETRY_MS, () => enqueue(id)),
    );
  }

  async function warmUp({ id, int8Trial }: ModelPackage): Promise<void> {
    if (int8Trial !== undefined) await registry.setInt8Trial(id, undefined);
    const model = await findActive(id);
    if (model === undefined) return;
    await registry.setWarmUp(id, { status: 'RUNNING' });
    try {
      await decide(model);
      await registry.setWarmUp(id, { status: 'DONE' });
      log.info({ package: id }, 'warm-up done');
    } catch (error) {
      if (closed) return registry.setWarmUp(id, { status: 'PENDING' });
      log.warn({ err: error, package: id }, 'warm-up failed');
      const reason = error instanceof PaperdeskError ? error.message : 'An unexpected error; the log has it.';
      const willRetry = isTemporary(error);
      await registry.setWarmUp(id, {
        status: 'ERROR',
        error: willRetry ? `${reason} It is tried again every ${RETRY_MS / 1000} s.` : reason,
      });
      if (willRetry) retry(id);
    }
  }

  /** Tries 8-bit weights where they are wanted, removes them where they are not. */
  async function updateWeights(id: string): Promise<void> {
    const model = await findActive(id);
    if (model?.warmUpStatus !== 'DONE' || hasWantedWeights(model)) return;
    if (!int8.isWanted(model)) {
      await registry.setInt8Trial(id, undefined);
      await int8.removeFile(model);
      return;
    }
    try {
      const trial = await int8.runTrial(model);
      await registry.setInt8Trial(id, trial);
      const outcome = trial.used ? 'uses 8-bit weights from now on' : 'stays with float32 weights';
      log.info({ package: id, trial }, outcome);
      if (!trial.used) await int8.removeFile(model);
    } catch (error) {
      if (closed) return;
      log.warn({ err: error, package: id }, 'the trial of 8-bit weights failed');
      if (isTemporary(error)) retry(id);
    }
  }

  function hasWantedWeights(model: ModelPackage): boolean {
    return int8.isWanted(model) === (model.int8Trial !== undefined);
  }

  return {
    async start() {
      for (const model of (await registry.list()).reverse()) {
        if (model.warmUpStatus === 'DONE' && hasWantedWeights(model)) continue;
        if (model.warmUpStatus !== 'DONE') await registry.setWarmUp(model.id, { status: 'PENDING' });
        if (model.status !== 'ARCHIVED') enqueue(model.id);
      }
    },

    async request(id) {
      const { status } = await registry.get(id);
      if (status === 'ARCHIVED') {
        throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived; restore it before warming it up.`);
      }
      if (!queue.includes(id)) await registry.setWarmUp(id, { status: 'PENDING' });
      enqueue(id);
    },

    requestWeights: enqueue,

    async close() {
      closed = true;
      queue.length = 0;
      for (const cancel of cancelRetry.values()) cancel();
      cancelRetry.clear();
      await running;
    },
  };
}
