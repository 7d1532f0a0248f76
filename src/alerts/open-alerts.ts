import type { Accounts } from '../accounts/accounts.ts';
import type { PaperDesk } from '../accounts/paper-desk.ts';
import type { Database } from '../db/connection.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type AlertRepository, createAlertRepository } from './alert-repository.ts';
import {
  type CandleState,
  type Condition,
  killedCondition,
  silentCondition,
  staleCondition,
  warmUpCondition,
} from './conditions.ts';
import { createDeliverer, type Deliverer } from './deliverer.ts';
import { createMonitor } from './monitor.ts';
import { createPollRepository } from './poll-repository.ts';
import { createPollWatch, type WatchedPolls } from './poll-watch.ts';
import { createWebhook, type WebhookSettings } from './webhook.ts';

/** What the operator is told of, and how its delivery stands. */
export interface Alerts extends Pick<AlertRepository, 'list' | 'counts'> {
  /** How an account is polled; undefined where it never was. */
  pollsOf(accountId: string): WatchedPolls | undefined;
  close(): Promise<void>;
}

export interface AlertsParts {
  readonly database: Database;
  /** undefined: alerts are stored and shown, and sent to nobody. */
  readonly webhook: WebhookSettings | undefined;
  readonly desk: Pick<PaperDesk, 'onPoll'> & { readonly accounts: Pick<Accounts, 'list' | 'onChange'> };
  readonly registry: Pick<PackageRegistry, 'list' | 'onChange'>;
  readonly live: Pick<LiveMarket, 'followed'>;
  readonly history: {
    status(symbols: readonly string[]): Promise<{ readonly symbols: readonly CandleState[] }>;
  };
  readonly events: Pick<EventHub, 'publish'>;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** After a start, or when the machine was asleep, the market is given so long to come back. */
const MARKET_TIME_MS = 2 * 60_000;

/** Watches accounts, market, packages and loops, and sends what is stored and not sent yet. */
export async function openAlerts(parts: AlertsParts): Promise<Alerts> {
  const { database, webhook, desk, registry, live, history, events, now, timers, log } = parts;
  const repository = createAlertRepository(database);
  const staleSince = new Map<string, number>();
  const polls = await createPollWatch({
    repository: createPollRepository(database),
    now,
    monotonic: timers.monotonic,
    failed: (error) => log.error({ err: error }, 'a poll could not be written down'),
  });
  const deliverer = openDeliverer(webhook, repository, { now, timers, log });

  function marketCondition(status: CandleState): Condition {
    const { symbol, stale } = status;
    const since = staleSince.get(symbol) ?? timers.monotonic();
    if (stale) staleSince.set(symbol, since);
    else staleSince.delete(symbol);
    return staleCondition(status, timers.monotonic() - since >= MARKET_TIME_MS);
  }

  async function conditions(): Promise<Condition[]> {
    const accounts = (await desk.accounts.list()).map(({ stored }) => stored);
    const { symbols } = await history.status(live.followed());
    const packages = (await registry.list()).filter(({ status }) => status !== 'ARCHIVED');
    return [
      ...accounts.map(killedCondition),
      ...accounts.flatMap((stored) => {
        const watched = polls.of(stored.account.id);
        return watched === undefined ? [] : [silentCondition(stored, watched)];
      }),
      ...symbols.map(marketCondition),
      ...packages.map(warmUpCondition),
    ];
  }

  const monitor = createMonitor({
    repository,
    conditions,
    firstAttemptAt: (at) => (deliverer === undefined ? null : at),
    onAlert({ id, kind, subject, text }) {
      deliverer?.wake();
      events.publish('alert', { id, kind, subject, text });
    },
    now,
    timers,
    log,
  });
  desk.onPoll(polls.polled);
  desk.accounts.onChange((stored) => {
    if (stored.account.status === 'KILLED') monitor.tell(killedCondition(stored).opening);
  });
  registry.onChange(monitor.wake);

  return {
    list: repository.list,
    counts: repository.counts,
    pollsOf: polls.of,
    async close() {
      await monitor.stop();
      await deliverer?.stop();
    },
  };
}

function openDeliverer(
  webhook: WebhookSettings | undefined,
  repository: AlertRepository,
  around: Pick<AlertsParts, 'now' | 'timers' | 'log'>,
): Deliverer | undefined {
  if (webhook === undefined) return undefined;
  if (webhook.secret === undefined)
    around.log.warn(
      {},
      'ALERT_WEBHOOK_SECRET is not set: alerts are sent unsigned, so their receiver cannot tell who sent them',
    );
  return createDeliverer({ repository, send: createWebhook({ ...webhook, now: around.now }), ...around });
}
