import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { createAccountMarket } from './accounts/account-market.ts';
import { createAccountRepository } from './accounts/account-repository.ts';
import { createAccounts } from './accounts/accounts.ts';
import { createExecutor, type Executor } from './accounts/executor.ts';
import { createHistoryRepository } from './accounts/history-repository.ts';
import { createPaperDesk, type PaperDesk } from './accounts/paper-desk.ts';
import { publishChanges } from './accounts/publish-changes.ts';
import type { Database } from './db/connection.ts';
import { createReadRevisions } from './db/revisions.ts';
import type { BatchForecasts } from './decisions/batch-forecasts.ts';
import type { Decisions } from './decisions/decide.ts';
import { createForecastRepository, type ForecastRepository } from './decisions/forecast-repository.ts';
import { createForecastRetention } from './decisions/forecast-retention.ts';
import type { EventHub } from './events/event-hub.ts';
import type { Exchange } from './market/exchange/exchange.ts';
import type { MarketRepository } from './market/store/market-repository.ts';
import type { LiveMarket } from './market/sync/live-market.ts';
import type { MarketHistory } from './market/sync/market-history.ts';
import type { MarketLoaders } from './market/sync/market-loaders.ts';
import type { PackageRegistry } from './packages/registry.ts';
import { createReplayRepository } from './replays/replay-repository.ts';
import { createReplays, type Replays } from './replays/replays.ts';
import type { Log } from './runtime/log.ts';
import type { Timers } from './runtime/timers.ts';
import { type AccountCurves, createAccountCurves } from './statistics/account-curves.ts';
import { createPerformances, type Performances } from './statistics/account-performance.ts';
import { type ComparedAccount, createComparedAccounts } from './statistics/compared-accounts.ts';
import { createLiveQuality, type LiveQuality } from './statistics/live-forecast-quality.ts';
import { readAhead } from './statistics/read-ahead.ts';

export interface AccountServicesDependencies {
  readonly database: Database;
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly loaders: MarketLoaders;
  readonly history: MarketHistory;
  readonly live: LiveMarket;
  readonly registry: PackageRegistry;
  readonly decisions: Decisions;
  readonly batchForecasts: BatchForecasts;
  readonly events: EventHub;
  readonly marketSource: 'live' | 'recorded';
  readonly newId: () => string;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** Live accounts, their statistics, and replays. */
export interface AccountServices {
  readonly desk: PaperDesk;
  readonly replays: Replays;
  readonly storedForecasts: Pick<ForecastRepository, 'range'>;
  readonly performances: Performances;
  /** Equity curves of live accounts and replays. */
  readonly curves: AccountCurves;
  readonly quality: LiveQuality;
  readonly compared: () => Promise<ComparedAccount[]>;
  readonly executions: Executor['status'];
  /** Starts background work: executing closed candles, replays, statistics, removal of old forecasts. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export function openAccounts(dependencies: AccountServicesDependencies): AccountServices {
  const { database, exchange, repository, history, live, registry, decisions, events, now, log } =
    dependencies;
  const rows = createHistoryRepository(database);
  const readRevisions = createReadRevisions(database);
  const accounts = createAccounts({ repository: createAccountRepository(database), registry, now });
  accounts.onChange((stored, change) => publishChanges(events, stored, change));
  const { candles } = repository;
  const { candles: loader, funding } = dependencies.loaders;
  const forecasts = createForecastRepository(database, now);
  const pause = () => yieldToEventLoop();
  const performances = createPerformances({ history: rows, candles, pause });
  const quality = createLiveQuality({ forecasts, candles, loader, pause, now, log });
  const market = createAccountMarket({ exchange, repository, candles: loader, funding, now });
  const desk = createPaperDesk({
    accounts,
    rows,
    market,
    history,
    decisions,
    forecasts,
    readRevisions,
    now,
  });
  const compared = createComparedAccounts({
    ...{ desk, performances, quality, readRevisions, now },
    statisticsVersion: () => performances.version() + quality.version(),
  });
  const executor = createExecutor({ accounts, market, live, now, timers: dependencies.timers, log });
  const retention = createForecastRetention({ forecasts, now, pause, log });
  const replays = createReplays({
    ...dependencies,
    ...{ accounts, forecasts, funding, pause, turn: pause },
    candles: loader,
    history: rows,
    replays: createReplayRepository(database),
    onFinished: () => retention.tidy(),
  });
  let ahead: ReturnType<typeof readAhead> | undefined;
  return {
    desk,
    replays,
    storedForecasts: forecasts,
    performances,
    curves: createAccountCurves({ history: rows, market, pause }),
    quality,
    compared,
    executions: executor.status,
    async start() {
      await executor.start();
      live.onDecisionCandle(() => retention.tidy());
      retention.tidy();
      replays.start();
      ahead = readAhead({ accounts, performances, quality, sleep: dependencies.timers.sleep, log });
    },
    async close() {
      await Promise.all([ahead?.stop(), replays.close(), retention.close()]);
      await executor.stop();
    },
  };
}
