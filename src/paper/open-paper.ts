import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../db/connection.ts';
import type { Decisions } from '../decisions/decide.ts';
import type { EventHub } from '../events/event-hub.ts';
import { createCandleLoader } from '../market/candle-loader.ts';
import type { Exchange } from '../market/exchange.ts';
import { createFundingLoader } from '../market/funding-loader.ts';
import type { MarketHistory } from '../market/history.ts';
import type { LiveMarket } from '../market/live-market.ts';
import type { Log } from '../market/log.ts';
import type { MarketRepository } from '../market/market-repository.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { createAccountRepository } from './account-repository.ts';
import { createAccounts } from './desk/accounts.ts';
import { createExecutor } from './desk/executor.ts';
import { createPaperDesk, type PaperDesk } from './desk/paper-desk.ts';
import { createPaperMarket } from './desk/paper-market.ts';
import { createPerformances } from './desk/performance-of-account.ts';
import { publishChanges } from './desk/publish-changes.ts';
import { createForecastRepository } from './forecast-repository.ts';
import { createHistoryRepository } from './history-repository.ts';

export interface PaperParts {
  readonly database: Database;
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly history: MarketHistory;
  readonly live: LiveMarket;
  readonly registry: PackageRegistry;
  readonly decisions: Decisions;
  readonly events: EventHub;
  readonly now: () => number;
  readonly log: Log;
}

/** The paper accounts of the service, with what executes their candles. */
export interface Paper {
  readonly desk: PaperDesk;
  close(): Promise<void>;
}

/** Wires the paper accounts together and lets them live on from where they were. */
export async function openPaper(parts: PaperParts): Promise<Paper> {
  const { database, exchange, repository, history, live, registry, decisions, events, now, log } = parts;
  const rows = createHistoryRepository(database);
  const accounts = createAccounts({ repository: createAccountRepository(database), registry, now });
  accounts.onChange((stored, change) => publishChanges(events, stored, change));
  const performances = createPerformances({
    history: rows,
    candles: repository.candles,
    pause: () => turn(),
  });
  const desk = createPaperDesk({
    accounts,
    rows,
    market: createPaperMarket({
      exchange,
      repository,
      candles: createCandleLoader({ exchange, repository, clock: now, log }),
      funding: createFundingLoader({ exchange, repository }),
      now,
    }),
    performance: performances.of,
    history,
    decisions,
    forecasts: createForecastRepository(database, now),
    now,
  });
  const executor = createExecutor({ desk, live, database, log });
  await executor.start();
  return { desk, close: () => executor.stop() };
}
