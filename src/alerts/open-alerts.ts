import type { Accounts } from '../accounts/accounts.ts';
import type { PaperDesk } from '../accounts/paper-desk.ts';
import type { Leases } from '../cluster/leases.ts';
import type { Database } from '../db/connection.ts';
import type { DiskSpace } from '../db/disk-space.ts';
import type { EventHub } from '../events/event-hub.ts';
import { watchEvents } from '../events/watch-events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { LiveMarket } from '../market/sync/live-market.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { DriftReports } from '../statistics/package-drift.ts';
import { type AlertRepository, createAlertRepository } from './alert-repository.ts';
import {
  type CandleState,
  type Condition,
  driftConditions,
  killedCondition,
  silentCondition,
  staleCondition,
  warmUpCondition,
} from './conditions.ts';
import { createDeliverer } from './deliverer.ts';
import { createDiskWatch } from './disk-watch.ts';
import { createMonitor } from './monitor.ts';
import { createPollRepository } from './poll-repository.ts';
import { startPollWatch, type WatchedPolls } from './poll-watch.ts';
import { createWebhook, type WebhookOptions } from './webhook.ts';

/** The alerts and the state of their delivery. */
export interface Alerts extends Pick<AlertRepository, 'list' | 'counts'> {
  /** Undefined for an account that was never polled. */
  pollsOf(accountId: string): WatchedPolls | undefined;
  close(): Promise<void>;
}

export interface AlertsOptions {
  readonly database: Database;
  readonly leases: Pick<Leases, 'want'>;
  readonly jobs: Pick<Jobs, 'queue'>;
  /** undefined: alerts are stored and shown, but not sent. */
  readonly webhook: Omit<WebhookOptions, 'now'> | undefined;
  readonly desk: Pick<PaperDesk, 'onPoll'> & { readonly accounts: Pick<Accounts, 'list' | 'onChange'> };
  readonly registry: Pick<PackageRegistry, 'list'>;
  readonly drift: DriftReports;
  readonly live: Pick<LiveMarket, 'followed'>;
  readonly marketStatus: () => Promise<{ readonly symbols: readonly CandleState[] }>;
  readonly events: Pick<EventHub, 'publish' | 'subscribe'>;
  /** Of the disk of the store; undefined where it is not on a disk of this machine. */
  readonly diskSpace: () => Promise<DiskSpace | undefined>;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** How long a market may take to recover, after a start or when the machine was asleep, before it raises an alert. */
const RECOVERY_TIME_MS = 2 * 60_000;

/** Starts the checks of accounts, markets, packages and loops, and declares the jobs that send stored alerts. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const {
    database,
    leases,
    jobs,
    webhook,
    desk,
    registry,
    drift,
    live,
    marketStatus,
    events,
    diskSpace,
    now,
    timers,
    log,
  } = options;
  const repository = createAlertRepository(database);
  const readDisk = createDiskWatch(diskSpace, repository.newest, now);
  const staleSince = new Map<string, number>();
  const polls = await startPollWatch({ repository: createPollRepository(database), now, timers, log });
  const deliverer =
    webhook &&
    createDeliverer({ jobs, repository, send: createWebhook({ ...webhook, now }), now, timers, log });
  if (webhook !== undefined && webhook.secret === undefined)
    log.warn(
      {},
      'ALERT_WEBHOOK_SECRET is not set: alerts are not signed, so the receiver cannot verify them',
    );

  function marketCondition(status: CandleState): Condition {
    const { symbol, stale } = status;
    const since = staleSince.get(symbol) ?? timers.monotonic();
    if (stale) staleSince.set(symbol, since);
    else staleSince.delete(symbol);
    return staleCondition(status, timers.monotonic() - since >= RECOVERY_TIME_MS);
  }

  async function conditions(isFirst: boolean): Promise<Condition[]> {
    // Another node may have checked since this one did.
    if (isFirst) staleSince.clear();
    const owned = await desk.accounts.list();
    const followed = live.followed();
    const { symbols } = await marketStatus();
    const packages = (await registry.list()).filter(({ status }) => status !== 'ARCHIVED');
    const driftOf = await drift.read();
    const disk = await readDisk();
    return [
      // First: while the disk is full, the first alert that cannot be stored ends a check.
      ...(disk === undefined ? [] : [disk]),
      ...owned.map(({ stored }) => killedCondition(stored)),
      ...owned.flatMap(({ stored, model }) => {
        // Where the service trades, no loop is needed.
        if (model?.autoTrade === true) return [];
        const watched = polls.pollsOf(stored.account.id);
        return watched === undefined ? [] : [silentCondition(stored, watched)];
      }),
      ...symbols
        .filter(({ symbol }) => followed.some((market) => market.symbol === symbol))
        .map(marketCondition),
      ...packages.map(warmUpCondition),
      ...packages.flatMap((model) => {
        const found = driftOf(model);
        return found === undefined ? [] : driftConditions(model, found);
      }),
    ];
  }

  const monitor = createMonitor({
    ...{ repository, leases },
    conditions,
    firstAttemptAt: (at) => (deliverer === undefined ? null : at),
    onAlert({ id, kind, subject, text }) {
      void deliverer?.deliver(subject);
      events.publish('alert', { id, kind, subject, text });
    },
    ...{ now, timers, log },
  });
  desk.onPoll(polls.recordPoll);
  desk.accounts.onChange((stored) => {
    if (stored.account.status === 'KILLED') monitor.raise(killedCondition(stored).alert);
  });
  watchEvents(events, 'package', monitor.wake);

  return {
    list: repository.list,
    counts: repository.counts,
    pollsOf: polls.pollsOf,
    async close() {
      await monitor.stop();
      await polls.close();
    },
  };
}
