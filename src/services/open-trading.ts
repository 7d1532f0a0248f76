import { createAccountMarket } from '../accounts/account-market.ts';
import { createAccountRepository } from '../accounts/account-repository.ts';
import { createAccounts } from '../accounts/accounts.ts';
import { createExecutor } from '../accounts/executor.ts';
import { followOtherNodes } from '../accounts/follow-other-nodes.ts';
import { createHistoryRepository } from '../accounts/history-repository.ts';
import { createPaperDesk } from '../accounts/paper-desk.ts';
import { publishChanges } from '../accounts/publish-changes.ts';
import { shareExecutions } from '../accounts/shared-executions.ts';
import { createReadRevisions } from '../db/revisions.ts';
import { createForecastRepository } from '../decisions/forecast-repository.ts';
import { createForecastRetention } from '../decisions/forecast-retention.ts';
import { pastWindowAt } from '../replays/past-window-at.ts';
import { createReplayRepository } from '../replays/replay-repository.ts';
import { createReplays } from '../replays/replays.ts';
import { createSampleRepository } from '../replays/sample-repository.ts';
import { openStatistics } from '../statistics/open-statistics.ts';
import type { ServiceContext } from './context.ts';
import type { DecisionServices } from './open-decisions.ts';
import type { MarketServices } from './open-market.ts';
import type { PackageServices } from './open-packages.ts';

export type TradingServices = ReturnType<typeof openTrading>;

/** Live accounts, their statistics, and replays. */
export function openTrading(
  context: ServiceContext,
  market: MarketServices,
  { registry }: PackageServices,
  { decisions, backgroundDecisions, batchForecasts, singleForecasts }: DecisionServices,
) {
  const { config, database, cluster, jobs, events, now, timers, newId, log, pause, onClose } = context;
  const { exchange, repository, loaders, history, live } = market;
  const { candles, funding } = loaders;
  const readRevisions = createReadRevisions(database);
  const storedForecasts = createForecastRepository(database, now);

  const accounts = createAccounts({
    ...{ repository: createAccountRepository(database), registry, now },
    requireTrading: (symbol) => exchange.requireTrading(symbol),
  });
  accounts.onChange((stored, change) => publishChanges(events, stored, change));
  const accountMarket = createAccountMarket({ exchange, repository, candles, funding, now });
  const desk = createPaperDesk({
    ...{ accounts, history, decisions, readRevisions, now, newId },
    rows: createHistoryRepository(database),
    market: accountMarket,
    forecasts: storedForecasts,
  });
  const { leases } = cluster;
  const executor = createExecutor({ accounts, market: accountMarket, live, leases, now, timers, log });
  onClose(() => executor.stop());

  const statistics = openStatistics({
    ...{ database, desk, readRevisions, pause, now, timers, log },
    forecasts: storedForecasts,
    candles: repository.candles,
    loader: candles,
  });
  const retention = createForecastRetention({
    ...{ forecasts: storedForecasts, leases, now, pause, timers, log },
  });
  const replays = createReplays({
    ...{ repository, candles, funding, registry, batchForecasts, singleForecasts },
    decisions: backgroundDecisions,
    ...{ accounts, jobs, events, now, timers, newId, pause, log },
    concurrency: config.jobConcurrency,
    forecasts: storedForecasts,
    history: desk.history,
    replays: createReplayRepository(database),
    samples: createSampleRepository(database),
    trials: statistics.trials,
    compareRecords: statistics.compareRecords,
    windowAt: pastWindowAt,
    marketSource: config.marketSource,
    onFinished: retention.wake,
  });
  onClose(async () => {
    await Promise.all([statistics.close(), retention.close()]);
  });

  return {
    desk,
    storedForecasts,
    executions: shareExecutions(cluster, executor),
    statistics,
    replays,
    async start(): Promise<void> {
      await executor.refresh();
      if (cluster.isShared) {
        const following = followOtherNodes({ executor, events, timers, log });
        onClose(() => following.stop());
      }
      live.onDecisionCandle(retention.wake);
      retention.start();
      statistics.start();
    },
  };
}
