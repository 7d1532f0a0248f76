import { createReadRevisions } from '../db/revisions.ts';
import { watchEvents } from '../events/watch-events.ts';
import { createDriftWatch } from '../statistics/drift-watch.ts';
import { createFeatureDriftRepository } from '../statistics/feature-drift-repository.ts';
import { createDriftReports, type DriftReports } from '../statistics/package-drift.ts';
import type { ServiceContext } from './context.ts';
import type { DecisionServices } from './open-decisions.ts';
import type { MarketServices } from './open-market.ts';
import type { PackageServices } from './open-packages.ts';

export interface DriftServices {
  readonly drift: DriftReports;
  /** Starts to watch the features of packages. */
  readonly startDriftWatch: () => void;
}

/** The watch over the features of packages, and what it found. */
export function openDrift(
  { database, cluster, events, now, pause, timers, log, onClose }: ServiceContext,
  { repository: market }: Pick<MarketServices, 'repository'>,
  { registry }: Pick<PackageServices, 'registry'>,
  { scalers }: Pick<DecisionServices, 'scalers'>,
): DriftServices {
  const repository = createFeatureDriftRepository(database);
  const watch = createDriftWatch({
    ...{ repository, registry, scalers, market, now, pause, timers, log },
    leases: cluster.leases,
    onDay: (id) => events.publish('package', { id, removed: false }),
  });
  // A package that has become warm, or is gone.
  watchEvents(events, 'package', watch.wake);
  onClose(() => watch.close());
  return {
    drift: createDriftReports(repository, createReadRevisions(database)),
    startDriftWatch: watch.start,
  };
}
