import type { HistoryRepository } from '../accounts/history-repository.ts';
import { PaperdeskError } from '../errors.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { accountIdOf } from '../packages/package-id.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createWakeUp } from '../runtime/wake-up.ts';
import { decisionCandlesIn, isFinished, type Replay } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { planReplay, type ReplayRequest, type RequestParts } from './replay-request.ts';
import { ReplayLost, type RunParts, runReplay } from './run-replay.ts';

/** Replays (paper.md#42): one at a time in the background, the others wait; those that a stop interrupted go on. */
export interface Replays {
  readonly history: HistoryRepository;
  /** Queues one. @throws what `orderReplay` throws, REPLAY_QUEUE_FULL */
  request(wish: ReplayRequest): Promise<Replay>;
  /** @throws REPLAY_NOT_FOUND */
  get(id: string): Promise<Replay>;
  list: ReplayRepository['list'];
  /** Cancels a replay that waits or runs, and answers it; removes a finished one. @throws REPLAY_NOT_FOUND */
  remove(id: string): Promise<Replay | 'removed'>;
  start(): void;
  /** Stops what runs where it is; it goes on at the next start. */
  close(): Promise<void>;
}

export interface ReplaysParts
  extends Omit<RunParts, 'model' | 'pause' | 'sleep' | 'onChange'>,
    Omit<RequestParts, 'now' | 'registry' | 'history'> {
  readonly registry: Pick<PackageRegistry, 'resolve' | 'get'>;
  readonly events: Pick<EventHub, 'publish'>;
  readonly timers: Timers;
  /** Lets others have their turn. */
  readonly turn: () => Promise<unknown>;
  readonly log: Log;
  /** Called after each replay that came to its end. */
  readonly onFinished: () => void;
}

const MOST_UNFINISHED = 20;
const MOST_KEPT = 50;
/** Of a replay that runs an event is published so often at most. */
const EVENT_EVERY_MS = 2000;
/** What was stopped is over by then, or goes on for nothing. */
const LONGEST_STOP_MS = 1000;
const LOOKS_EVERY_MS = 60 * 60_000;
const AFTER_TROUBLE_MS = 5000;

export function createReplays(parts: ReplaysParts): Replays {
  const { replays: repository, registry, events, timers, turn, now, log } = parts;
  const wakeUp = createWakeUp(timers);
  let current: { readonly id: string; readonly stop: AbortController } | undefined;
  let working: Promise<void> = Promise.resolve();

  function publish({ id, packageId, state, phase, done, from, to }: Replay): void {
    const total = decisionCandlesIn({ from, to });
    events.publish('replay', { id, model_id: accountIdOf(packageId), state, phase, done, total });
  }

  function createPublisher(): (replay: Replay) => void {
    let last = { at: Number.NEGATIVE_INFINITY, phase: '' };
    return (replay) => {
      const phase = `${replay.state} ${replay.phase}`;
      const at = timers.monotonic();
      if (phase === last.phase && at - last.at < EVENT_EVERY_MS) return;
      last = { at, phase };
      publish(replay);
    };
  }

  async function run(waiting: Replay, signal: AbortSignal): Promise<void> {
    const { version } = await registry.get(waiting.packageId);
    const replay = await repository.change(waiting.id, {
      state: 'RUNNING',
      startedAt: waiting.startedAt ?? now(),
      // The form of its weights may have been settled while the replay waited.
      ...(waiting.state === 'QUEUED' ? { packageVersion: version } : {}),
    });
    if (replay === undefined) return;
    await runReplay(
      {
        ...parts,
        model: () => modelOf(replay),
        onChange: createPublisher(),
        async pause() {
          signal.throwIfAborted();
          await turn();
          signal.throwIfAborted();
        },
        sleep: (ms) => timers.sleep(ms, signal),
      },
      replay,
    );
    log.info({ replay: replay.id, package: replay.packageId }, 'a replay is done');
  }

  /** @throws PACKAGE_NOT_FOUND, PACKAGE_STATE */
  async function modelOf({ packageId, packageVersion }: Replay): Promise<ModelPackage> {
    const model = await registry.get(packageId);
    if (model.version === packageVersion) return model;
    throw new PaperdeskError(
      'PACKAGE_STATE',
      `${packageId} has other files or weights now than when this replay began; start it again.`,
    );
  }

  async function fail(id: string, error: unknown): Promise<void> {
    log.warn({ err: error, replay: id }, 'a replay failed');
    const known = error instanceof PaperdeskError;
    const failed = await repository.change(id, {
      state: 'FAILED',
      phase: null,
      error: {
        code: known ? error.code : 'INTERNAL',
        detail: known ? error.message : 'An unexpected fault; the log of the service has it.',
      },
      finishedAt: now(),
    });
    if (failed !== undefined) publish(failed);
  }

  /** Works on one replay until it is finished, cancelled, or the service stops. */
  async function workOn(replay: Replay): Promise<void> {
    const stop = new AbortController();
    current = { id: replay.id, stop };
    const stopped = new Promise<void>((resolve) => {
      stop.signal.addEventListener('abort', () => void timers.sleep(LONGEST_STOP_MS).then(resolve));
    });
    const running = run(replay, stop.signal).catch(async (error: unknown) => {
      const ended = stop.signal.aborted || wakeUp.stopped || error instanceof ReplayLost;
      if (!ended) await fail(replay.id, error);
    });
    // A download may take its time to end; what it brings is stored, but nobody waits for it.
    await Promise.race([running, stopped]);
    current = undefined;
    parts.onFinished();
  }

  async function removeHidden(): Promise<void> {
    while (!wakeUp.stopped && (await repository.removeSome())) await turn();
  }

  async function work(): Promise<void> {
    while (!wakeUp.stopped) {
      try {
        await removeHidden();
        const replay = await repository.next();
        if (replay === undefined) await wakeUp.sleep(LOOKS_EVERY_MS);
        else await workOn(replay);
        if (replay !== undefined) await repository.hideOld(replay.packageId, MOST_KEPT);
      } catch (error) {
        log.error({ err: error }, 'replays are held up');
        await wakeUp.sleep(AFTER_TROUBLE_MS);
      }
    }
  }

  async function get(id: string): Promise<Replay> {
    const replay = await repository.find(id);
    if (replay !== undefined) return replay;
    throw new PaperdeskError(
      'REPLAY_NOT_FOUND',
      `There is no replay "${id}"; GET /paper/replays lists them.`,
    );
  }

  return {
    history: parts.history,
    get,
    list: repository.list,

    async request(wish) {
      const { order, decided } = await planReplay(parts, wish);
      const unfinished = await repository.unfinished();
      if (unfinished >= MOST_UNFINISHED) {
        throw new PaperdeskError(
          'REPLAY_QUEUE_FULL',
          `${unfinished} replays wait or run already, and ${MOST_UNFINISHED} may: let some finish, or cancel some.`,
          { retryAfterSeconds: 60 },
        );
      }
      const replay = await repository.create(order, decided, now());
      publish(replay);
      wakeUp.wake();
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
        if (current?.id === id) current.stop.abort();
        if (cancelled !== undefined) {
          publish(cancelled);
          return cancelled;
        }
      }
      await repository.hide(id);
      wakeUp.wake();
      return 'removed';
    },

    start() {
      working = work();
    },

    async close() {
      wakeUp.stop();
      current?.stop.abort();
      await working;
    },
  };
}
