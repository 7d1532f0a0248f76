import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DAY_MS } from '../../candle.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Services } from '../../services.ts';
import { midnightBefore } from '../../statistics/utc-days.ts';
import { createClusterMetrics } from './cluster-metrics.ts';
import { createMarketMetrics } from './market-metrics.ts';

/** The metrics of one app; two apps in a process do not share them. */
export type Metrics = ReturnType<typeof createMetrics>;

type DecisionRoute = 'inference' | 'signal' | 'ml-signal' | 'poll' | 'service';

export function createMetrics(cluster: Cluster) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'paperdesk_' });
  const registers = [registry];
  const decisions = new Counter({
    name: 'paperdesk_decisions_total',
    help: 'Decisions answered, by route and reason',
    labelNames: ['route', 'reason'],
    registers,
  });
  return {
    registry,
    httpDuration: new Histogram({
      name: 'paperdesk_http_request_duration_seconds',
      help: 'Time to answer a request, by method, route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
    /** @param reason why the decision is no order; null if it is one */
    countDecision: (route: DecisionRoute, reason: string | null) =>
      decisions.labels(route, reason ?? 'NONE').inc(),
    forecastSeconds: new Histogram({
      name: 'paperdesk_forecast_duration_seconds',
      help: 'Time of one forecast in the inference process, including the time in the queue',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    }),
    packages: new Gauge({
      name: 'paperdesk_model_packages',
      help: 'Model packages by status and warm-up',
      labelNames: ['status', 'warmup'],
      registers,
    }),
    alerts: new Gauge({
      name: 'paperdesk_alerts',
      help: 'Alerts by kind and delivery state',
      labelNames: ['kind', 'delivery'],
      registers,
    }),
    driftingFeatures: new Gauge({
      name: 'paperdesk_drifting_features',
      help: 'Features outside the range that a package was trained on, by package and state, BROKEN or DRIFT',
      labelNames: ['package', 'state'],
      registers,
    }),
    driftAge: new Gauge({
      name: 'paperdesk_drift_age_days',
      help: 'Whole UTC days after the last one whose features were compared with the training range, by package',
      labelNames: ['package'],
      registers,
    }),
    jobs: new Gauge({
      name: 'paperdesk_jobs',
      help: 'Jobs by kind and state: waiting, running, or dead after too many failures; of all nodes together',
      labelNames: ['kind', 'state'],
      registers,
    }),
    market: createMarketMetrics(registers),
    /** Undefined where there is one node only. */
    cluster: cluster.isShared ? createClusterMetrics(cluster.node, registers) : undefined,
  };
}

/** Sets the gauges of packages, their features, alerts and jobs, which change without an event here. */
export async function refreshMetrics(
  metrics: Metrics,
  {
    registry,
    drift,
    alerts,
    jobs,
    clock,
  }: Pick<Services, 'registry' | 'drift' | 'alerts' | 'jobs' | 'clock'>,
): Promise<void> {
  metrics.packages.reset();
  metrics.driftingFeatures.reset();
  metrics.driftAge.reset();
  const today = midnightBefore(clock.now());
  const driftOf = await drift.read();
  for (const model of await registry.list()) {
    metrics.packages.labels(model.status, model.warmUpStatus).inc();
    const found = driftOf(model);
    if (found === undefined) continue;
    metrics.driftAge.labels(model.id).set((today - found.day) / DAY_MS - 1);
    for (const state of ['BROKEN', 'DRIFT'] as const) {
      const on = found.features.filter((one) => one.state.state === state).length;
      metrics.driftingFeatures.labels(model.id, state).set(on);
    }
  }
  metrics.alerts.reset();
  for (const { kind, state, count } of await alerts.counts()) metrics.alerts.labels(kind, state).set(count);
  metrics.jobs.reset();
  for (const { kind, ...counts } of await jobs.counts()) {
    for (const [state, count] of Object.entries(counts)) metrics.jobs.labels(kind, state).set(count);
  }
}
