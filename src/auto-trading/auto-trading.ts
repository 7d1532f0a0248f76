import type { PollResult } from '../accounts/poll.ts';
import type { LeasedLoop } from '../cluster/leased-loop.ts';
import type { EventHub } from '../events/event-hub.ts';
import { watchEvents } from '../events/watch-events.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { createPackageTrader, type PackageTraderDependencies } from './package-trader.ts';
import type { TradingStateRepository } from './trading-state-repository.ts';

/** Trades the packages whose owners want the service to do it, without a loop of their own (packages.md#46). */
export interface AutoTrading {
  /** Calls `listener` with what every poll of this node came to. */
  onPoll(listener: (polled: PollResult) => void): void;
  /** Begins with the packages that are stored, and follows their changes. */
  start(): Promise<void>;
  /** Waits for the polls under way. */
  close(): Promise<void>;
}

export interface AutoTradingDependencies extends Omit<PackageTraderDependencies, 'report'> {
  readonly registry: Pick<PackageRegistry, 'list'>;
  readonly events: Pick<EventHub, 'publish' | 'subscribe'>;
  readonly states: TradingStateRepository;
}

interface Trader extends LeasedLoop {
  readonly symbol: string;
  /** What decides whether the package can be asked. */
  readonly warmUpStatus: ModelPackage['warmUpStatus'];
}

export function createAutoTrading(dependencies: AutoTradingDependencies): AutoTrading {
  const { registry, events, states, log } = dependencies;
  const oneAtATime = createKeyedMutex();
  /** By package and its time of creation: an id may be given again. */
  let traders = new Map<string, Trader>();
  const listeners: ((polled: PollResult) => void)[] = [];
  let isClosed = false;

  const poll: PackageTraderDependencies['poll'] = async (request) => {
    const polled = await dependencies.poll(request);
    for (const listener of listeners) listener(polled);
    return polled;
  };

  const report: PackageTraderDependencies['report'] = async (id, state, isNews) => {
    await states.store(id, state);
    if (isNews) events.publish('package', { id, removed: false });
  };

  function begin(model: ModelPackage): Trader {
    const loop = createPackageTrader({ ...dependencies, poll, report }, model);
    loop.start();
    return { ...loop, symbol: model.manifest.symbol, warmUpStatus: model.warmUpStatus };
  }

  /** Continues the trader of a package; one that was warmed up meanwhile is asked at once. */
  function goOn(trader: Trader, { warmUpStatus }: ModelPackage): Trader {
    if (warmUpStatus !== trader.warmUpStatus) trader.wake();
    return { ...trader, warmUpStatus };
  }

  async function update(): Promise<void> {
    const models = isClosed ? [] : (await registry.list()).filter(isTraded);
    const before = traders;
    traders = new Map(
      models.map((model) => {
        const key = `${model.id} ${model.createdAt}`;
        const known = before.get(key);
        return [key, known === undefined ? begin(model) : goOn(known, model)];
      }),
    );
    const ended = [...before].filter(([key]) => !traders.has(key));
    await Promise.all(ended.map(([, trader]) => trader.close()));
  }

  function follow(): void {
    oneAtATime('update', update).catch((error: unknown) =>
      log.error({ err: error }, 'trading by the service could not follow a change of the packages'),
    );
  }

  return {
    onPoll: (listener) => void listeners.push(listener),

    async start() {
      watchEvents(events, 'package', follow);
      watchEvents(events, 'market', (event) => {
        for (const trader of traders.values()) {
          if (event === undefined || event.data.symbol === trader.symbol) trader.wake();
        }
      });
      await oneAtATime('update', update);
    },

    async close() {
      isClosed = true;
      await oneAtATime('update', update);
    },
  };
}

function isTraded({ autoTrade, status }: ModelPackage): boolean {
  return autoTrade && status !== 'ARCHIVED';
}
