import { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from './model-package.ts';
import type { PackageRegistry } from './registry.ts';
import type { CompactTrial } from './weight-form.ts';

/**
 * Runs packages through one full decision each, in the background, one at a time (packages.md#22), and then tries their
 * compact form where that is wanted.
 */
export interface WarmUps {
  /** Queues every package that has something left to do, also those a stop interrupted. */
  start(): Promise<void>;
  /** Queues one package, again if need be. @throws PACKAGE_NOT_FOUND, PACKAGE_ARCHIVED */
  request(id: string): Promise<void>;
  /** Queues one package whose weights are wanted in another form; what it decides with changes when that is tried. */
  reconsiderWeights(id: string): void;
  /** Takes no new work and waits for what runs. */
  close(): Promise<void>;
}

export interface WarmUpParts {
  readonly registry: PackageRegistry;
  /** One full decision on real candles; throws when any part of it fails. */
  readonly rehearse: (model: ModelPackage) => Promise<void>;
  readonly compact: {
    wanted(model: ModelPackage): boolean;
    tryOut(model: ModelPackage): Promise<CompactTrial>;
    /** Removes the file of a form that is not used. */
    discard(model: ModelPackage): Promise<void>;
  };
  /** Calls back after `ms`; answers how to call it off. */
  readonly later: (ms: number, callback: () => void) => () => void;
  readonly log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
}

/** When the market or the inference process is away, the package is not to blame: it gets another try. */
const PASSING_TROUBLE = new Set(['MARKET_UNAVAILABLE', 'INFERENCE_UNAVAILABLE']);
const RETRY_MS = 30_000;

function isPassing(error: unknown): boolean {
  return error instanceof PaperdeskError && PASSING_TROUBLE.has(error.code);
}

export function createWarmUps({ registry, rehearse, compact, later, log }: WarmUpParts): WarmUps {
  const queue: string[] = [];
  const retries = new Map<string, () => void>();
  let running: Promise<void> | undefined;
  let closed = false;

  function enqueue(id: string): void {
    if (closed || queue.includes(id)) return;
    retries.get(id)?.();
    retries.delete(id);
    queue.push(id);
    startWork();
  }

  function startWork(): void {
    running ??= work().finally(() => {
      running = undefined;
      // One may have been queued after the last look at the queue.
      if (queue.length > 0) startWork();
    });
  }

  async function work(): Promise<void> {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        if ((await inUse(id))?.warmUpStatus !== 'DONE') await warmUp(id);
        await settleWeights(id);
      } catch (error) {
        log.warn({ err: error, package: id }, 'a warm-up could not be recorded');
      }
    }
  }

  async function inUse(id: string): Promise<ModelPackage | undefined> {
    return (await registry.list()).find((model) => model.id === id && model.status !== 'ARCHIVED');
  }

  function retry(id: string): void {
    retries.set(
      id,
      later(RETRY_MS, () => enqueue(id)),
    );
  }

  async function warmUp(id: string): Promise<void> {
    if ((await inUse(id))?.compactTrial !== undefined) await registry.recordTrial(id, undefined);
    const model = await inUse(id);
    if (model === undefined) return;
    await registry.markWarmUp(id, { status: 'RUNNING' });
    try {
      await rehearse(model);
      await registry.markWarmUp(id, { status: 'DONE' });
      log.info({ package: id }, 'warm-up done');
    } catch (error) {
      if (closed) return registry.markWarmUp(id, { status: 'PENDING' });
      const passing = isPassing(error);
      const reason = error instanceof PaperdeskError ? error.message : 'An unexpected fault; the log has it.';
      log.warn({ err: error, package: id }, 'warm-up failed');
      await registry.markWarmUp(id, {
        status: 'ERROR',
        error: passing ? `${reason} It is tried again every ${RETRY_MS / 1000} s.` : reason,
      });
      if (passing) retry(id);
    }
  }

  /** Tries the compact form of a package that is warm, or gives it up. */
  async function settleWeights(id: string): Promise<void> {
    const model = await inUse(id);
    if (model?.warmUpStatus !== 'DONE' || weightsSettled(model)) return;
    if (!compact.wanted(model)) {
      await registry.recordTrial(id, undefined);
      await compact.discard(model);
      return;
    }
    try {
      const trial = await compact.tryOut(model);
      await registry.recordTrial(id, trial);
      log.info(
        { package: id, trial },
        trial.used ? 'decides with 8-bit weights' : 'keeps its float32 weights',
      );
      if (!trial.used) await compact.discard(model);
    } catch (error) {
      if (closed) return;
      log.warn({ err: error, package: id }, 'the compact form could not be tried');
      if (isPassing(error)) retry(id);
    }
  }

  function weightsSettled(model: ModelPackage): boolean {
    return compact.wanted(model) === (model.compactTrial !== undefined);
  }

  return {
    async start() {
      for (const model of (await registry.list()).reverse()) {
        if (model.warmUpStatus === 'DONE' && weightsSettled(model)) continue;
        if (model.warmUpStatus !== 'DONE') await registry.markWarmUp(model.id, { status: 'PENDING' });
        if (model.status !== 'ARCHIVED') enqueue(model.id);
      }
    },

    async request(id) {
      const model = await registry.get(id);
      if (model.status === 'ARCHIVED') {
        throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived; restore it before warming it up.`);
      }
      if (!queue.includes(id)) await registry.markWarmUp(id, { status: 'PENDING' });
      enqueue(id);
    },

    reconsiderWeights: enqueue,

    async close() {
      closed = true;
      queue.length = 0;
      for (const callOff of retries.values()) callOff();
      retries.clear();
      await running;
    },
  };
}
