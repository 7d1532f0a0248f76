import type { HistoryRepository } from '../accounts/history-repository.ts';
import { PaperdeskError } from '../errors.ts';
import type { EventHub } from '../events/event-hub.ts';
import { accountIdOf } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { type PlanDependencies, planReplay, type ReplayRequest } from './plan-replay.ts';
import { decisionCandlesIn, isFinished, type Replay } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { createReplayWorker, type WorkerDependencies } from './worker.ts';

/** Replays (paper.md#42): each node runs some in the background, the others wait. */
export interface Replays {
  readonly history: HistoryRepository;
  /** Queues a replay. @throws what `planReplay` throws, REPLAY_QUEUE_FULL */
  request(request: ReplayRequest): Promise<Replay>;
  /** @throws REPLAY_NOT_FOUND */
  get(id: string): Promise<Replay>;
  list: ReplayRepository['list'];
  /** Cancels a queued or running replay and returns it; removes a finished one. @throws REPLAY_NOT_FOUND */
  remove(id: string): Promise<Replay | 'removed'>;
}

export interface ReplaysDependencies
  extends Omit<WorkerDependencies, 'publish'>,
    Omit<PlanDependencies, 'now' | 'registry' | 'history'> {
  readonly registry: Pick<PackageRegistry, 'resolve' | 'get' | 'find'>;
  readonly events: Pick<EventHub, 'publish'>;
}

/** Replays that may be queued or running (paper.md#49). */
const MAX_UNFINISHED = 20;

export function createReplays(dependencies: ReplaysDependencies): Replays {
  const { replays: repository, history, events, now } = dependencies;
  const worker = createReplayWorker({ ...dependencies, publish });

  function publish({ id, packageId, state, phase, done, from, to, pipeline }: Replay): void {
    const total = decisionCandlesIn({ from, to, pipeline });
    events.publish('replay', { id, model_id: accountIdOf(packageId), state, phase, done, total });
  }

  async function get(id: string): Promise<Replay> {
    const replay = await repository.find(id);
    if (replay !== undefined) return replay;
    throw new PaperdeskError(
      'REPLAY_NOT_FOUND',
      `There is no replay "${id}"; GET /paper/replays lists them.`,
    );
  }

  function requireSpace(unfinished: number): void {
    if (unfinished < MAX_UNFINISHED) return;
    throw new PaperdeskError(
      'REPLAY_QUEUE_FULL',
      `${unfinished} replays wait or run already, and ${MAX_UNFINISHED} may: let some finish, or cancel some.`,
      { retryAfterSeconds: 60 },
    );
  }

  return {
    history,
    get,
    list: repository.list,

    async request(request) {
      const { order, decided } = await planReplay(dependencies, request);
      const replay = await repository.create(order, decided, now(), requireSpace);
      publish(replay);
      await worker.runs.send(replay.id);
      return replay;
    },

    async remove(id) {
      const replay = await get(id);
      if (!isFinished(replay)) {
        const cancelled = await repository.change(id, {
          state: 'CANCELLED',
          phase: null,
          finishedAt: now(),
        });
        await worker.runs.cancel(id);
        if (cancelled !== undefined) {
          publish(cancelled);
          return cancelled;
        }
      }
      await repository.hide(id);
      await worker.removals.send(id);
      return 'removed';
    },
  };
}
