import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../db/connection.ts';
import { createReadRevisions } from '../db/revisions.ts';
import type { BatchForecasts } from '../decisions/batch-forecasts.ts';
import type { Decisions } from '../decisions/decide.ts';
import { createForecastRepository } from '../decisions/forecast-repository.ts';
import { createForecastRetention } from '../decisions/forecast-retention.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import type { MarketHistory } from '../market/sync/market-history.ts';
import type { MarketLoaders } from '../market/sync/market-loaders.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createReplayRepository } from '../replays/replay-repository.ts';
import { createReplays, type Replays } from '../replays/replays.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createPerformances } from '../statistics/account-performance.ts';
import { type ComparedAccount, createComparedAccounts } from '../statistics/compared-accounts.ts';
import { createLiveQuality, type LiveQuality } from '../statistics/live-forecast-quality.ts';
import { readAhead } from '../statistics/read-ahead.ts';
import { createAccountMarket } from './account-market.ts';
import { createAccountRepository } from './account-repository.ts';
import { createAccounts } from './accounts.ts';
import { createExecutor, type Executor } from './executor.ts';
import { createHistoryRepository } from './history-repository.ts';
import { createPaperDesk, type PaperDesk } from './paper-desk.ts';
import { publishChanges } from './publish-changes.ts';

export interface PaperParts {
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

/** The paper accounts of the service with what executes their candles, and replays beside them. */
export interface Paper {
  readonly desk: PaperDesk;
  readonly replays: Replays;
  readonly quality: LiveQuality;
  readonly compared: () => Promise<ComparedAccount[]>;
  readonly executions: Executor['status'];
  /** Lets accounts, and what is replayed, live on from where they were. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Wires the paper accounts together. */
export function openPaper(parts: PaperParts): Paper {
  const { database, exchange, repository, history, live, registry, decisions, events, now, log } = parts;
  const rows = createHistoryRepository(database);
  const readRevisions = createReadRevisions(database);
  const accounts = createAccounts({ repository: createAccountRepository(database), registry, now });
  accounts.onChange((stored, change) => publishChanges(events, stored, change));
  const { candles } = repository;
  const { candles: loader, funding } = parts.loaders;
  const forecasts = createForecastRepository(database, now);
  const pause = () => turn();
  const performances = createPerformances({ history: rows, candles, pause });
  const quality = createLiveQuality({ forecasts, candles, loader, pause, now, log });
  const market = createAccountMarket({ exchange, repository, candles: loader, funding, now });
  const desk = createPaperDesk({
    accounts,
    rows,
    market,
    performance: performances.of,
    history,
    decisions,
    forecasts,
    readRevisions,
    pause,
    now,
  });
  const compared = createComparedAccounts({
    ...{ desk, quality, readRevisions, now },
    statisticsVersion: () => performances.version() + quality.version(),
  });
  const executor = createExecutor({ accounts, market, live, now, timers: parts.timers, log });
  const retention = createForecastRetention({ forecasts, now, pause, log });
  const replays = createReplays({
    ...parts,
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
    quality,
    compared,
    executions: executor.status,
    async start() {
      await executor.start();
      live.onDecisionCandle(() => retention.tidy());
      retention.tidy();
      replays.start();
      ahead = readAhead({ accounts, performances, quality, sleep: parts.timers.sleep, log });
    },
    async close() {
      await Promise.all([ahead?.stop(), replays.close(), retention.close()]);
      await executor.stop();
    },
  };
}
