import type { HistoryRepository } from '../accounts/history-repository.ts';
import { PaperdeskError } from '../errors.ts';
import type { EventHub } from '../events/event-hub.ts';
import { accountIdOf } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { CompareRecords } from '../statistics/compare-records.ts';
import type { MarkedAccount, ResultOrigin } from '../statistics/result-origins.ts';
import { closeBefore } from './close-before.ts';
import { type CounterfactualResults, createCounterfactualResults } from './counterfactual-results.ts';
import { planCounterfactuals } from './plan-counterfactuals.ts';
import { type PlanDependencies, type PlannedReplay, planReplay, type ReplayRequest } from './plan-replay.ts';
import { declareResultRenewals } from './renew-results.ts';
import { decisionCandlesIn, hasFailed, isFinished, type Replay } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { createReplayWorker, type WorkerDependencies } from './worker.ts';

/** Replays (paper.md#42): each node runs some in the background, the others wait. */
export interface Replays {
  readonly history: HistoryRepository;
  /** Queues a replay for each of some packages, or none. @throws what `planReplay` throws, REPLAY_QUEUE_FULL */
  request(modelIds: readonly string[], request: ReplayRequest): Promise<Replay[]>;
  /** @throws REPLAY_NOT_FOUND */
  get(id: string): Promise<Replay>;
  /** The account of a replay, at the last close that it has traded. @throws REPLAY_NOT_FOUND */
  account(id: string): Promise<MarkedAccount>;
  /** Where the result of a finished replay came from, as far as that is stored for good; null otherwise. */
  storedOrigin(id: string): Promise<ResultOrigin | null>;
  list: ReplayRepository['list'];
  finished: ReplayRepository['finished'];
  /** Changes whenever `finished` does; costs far less. */
  newestRuns: ReplayRepository['results']['newestRuns'];
  /**
   * Queues the counterfactuals of a replay that are not there or failed.
   * @throws REPLAY_NOT_FOUND, REPLAY_STATE, PACKAGE_STATE if the package has other files now
   */
  requestCounterfactuals(id: string): Promise<void>;
  /** The counterfactuals of a replay. @throws REPLAY_NOT_FOUND */
  counterfactuals(id: string): Promise<Replay[]>;
  /** What they say about it; null before they are requested. */
  counterfactualResults(original: Replay): Promise<CounterfactualResults | null>;
  /** Cancels a queued or running replay and returns it; removes a finished one. @throws REPLAY_NOT_FOUND */
  remove(id: string): Promise<Replay | 'removed'>;
}

export interface ReplaysDependencies
  extends Omit<WorkerDependencies, 'publish'>,
    Omit<PlanDependencies, 'now' | 'registry' | 'history'> {
  readonly registry: Pick<PackageRegistry, 'resolve' | 'get' | 'find'>;
  readonly events: Pick<EventHub, 'publish'>;
  readonly compareRecords: Pick<CompareRecords, 'measure'>;
}

/** Replays that may be queued or running (paper.md#49). */
const MAX_UNFINISHED = 20;

export function createReplays(dependencies: ReplaysDependencies): Replays {
  const { replays: repository, history, events, compareRecords, now } = dependencies;
  const worker = createReplayWorker({ ...dependencies, publish });
  const pause = async () => {
    await dependencies.pause();
  };
  declareResultRenewals({ ...dependencies, pause, publish });
  const readResults = createCounterfactualResults(compareRecords);

  function publish({ id, packageId, state, phase, done, from, to, pipeline, counterfactual }: Replay): void {
    const total = decisionCandlesIn({ from, to, pipeline });
    const counterfactual_of = counterfactual?.of ?? null;
    events.publish('replay', {
      ...{ id, model_id: accountIdOf(packageId), counterfactual_of },
      ...{ state, phase, done, total },
    });
  }

  async function get(id: string): Promise<Replay> {
    const replay = await repository.find(id);
    if (replay !== undefined) return replay;
    throw notFound(id);
  }

  function requireSpace(unfinished: number, added: number): void {
    if (unfinished + added <= MAX_UNFINISHED) return;
    const more = added === 1 ? '' : `, so there is no place for ${added} more`;
    throw new PaperdeskError(
      'REPLAY_QUEUE_FULL',
      `${unfinished} replays wait or run already, and ${MAX_UNFINISHED} may${more}: let some finish, or cancel some.`,
      { retryAfterSeconds: 60 },
    );
  }

  async function requireUnchanged({ id, packageId, packageVersion }: Replay): Promise<void> {
    const model = await dependencies.registry.find(packageId);
    if (model?.version === packageVersion) return;
    throw new PaperdeskError(
      'PACKAGE_STATE',
      `${packageId} has other files or weights now than when ${id} ran, or is gone; request a new replay.`,
    );
  }

  return {
    history,
    get,
    list: repository.list,
    finished: repository.finished,
    newestRuns: repository.results.newestRuns,

    async account(id) {
      const stored = await repository.accounts.find(id);
      if (stored === undefined) throw notFound(id);
      const { account, symbol } = stored;
      const price = await closeBefore(
        dependencies.repository.candles,
        symbol,
        account.pipeline,
        account.nextCandle,
      );
      return { stored, account, pending: [], price };
    },

    async storedOrigin(id) {
      const origin = await repository.results.origin(id);
      // Candles that are missing may still come, and with them excursions.
      return origin === null || origin.excursions.missing > 0 ? null : origin;
    },

    async request(modelIds, request) {
      const planned = new Map<string, PlannedReplay>();
      for (const modelId of modelIds) {
        const one = await planReplay(dependencies, modelId, request);
        planned.set(one.order.packageId, one);
      }
      const created = await repository.create([...planned.values()], now(), (unfinished) =>
        requireSpace(unfinished, planned.size),
      );
      for (const replay of created) {
        publish(replay);
        await worker.runs.send(replay.id);
      }
      return created;
    },

    async counterfactuals(id) {
      await get(id);
      return repository.counterfactuals(id);
    },

    async counterfactualResults(original) {
      const known = await repository.counterfactuals(original.id);
      return known.length === 0 || original.results === null ? null : readResults(original, known);
    },

    async requestCounterfactuals(id) {
      const original = await get(id);
      const known = await repository.counterfactuals(id);
      const failed = known.filter(hasFailed);
      const kept = known.filter((one) => !failed.includes(one));
      const orders = planCounterfactuals(original, kept, dependencies.newId);
      await requireUnchanged(original);
      for (const { id: failedId } of failed) await repository.hide(failedId);
      const decided = await repository.decidedCandles(id);
      const planned = orders.map((order) => ({ order, decided }));
      for (const replay of await repository.create(planned, now(), () => {})) {
        publish(replay);
        await worker.counterfactuals.send(replay.id);
      }
    },

    async remove(id) {
      const replay = await get(id);
      if (!isFinished(replay)) {
        const cancelled = await repository.change(id, {
          state: 'CANCELLED',
          phase: null,
          finishedAt: now(),
        });
        await (replay.counterfactual === null ? worker.runs : worker.counterfactuals).cancel(id);
        if (cancelled !== undefined) {
          publish(cancelled);
          return cancelled;
        }
      }
      await repository.hide(id);
      for (const hidden of await repository.hidden()) await worker.removals.send(hidden);
      return 'removed';
    },
  };
}

function notFound(id: string): PaperdeskError {
  return new PaperdeskError('REPLAY_NOT_FOUND', `There is no replay "${id}"; GET /paper/replays lists them.`);
}
