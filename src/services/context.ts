import type { ScryptCost } from '../auth/password.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/connection.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Log } from '../runtime/log.ts';
import type { Outgoing } from '../runtime/outgoing/outgoing.ts';
import type { Timers } from '../runtime/timers.ts';

/** Clock, timers, ids and log. They are injected, so that tests control them. */
export interface Environment {
  readonly clock: { readonly now: () => number };
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: Log;
  /** For tests, because the default is slow. */
  readonly passwordCost?: ScryptCost;
}

/** What every component needs to open. */
export interface ServiceContext {
  readonly config: Config;
  readonly database: Database;
  readonly cluster: Cluster;
  readonly jobs: Jobs;
  readonly events: EventHub;
  readonly outgoing: Outgoing;
  readonly now: () => number;
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: Log;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
  /** Registers what is to be closed with the service; the last one registered is closed first. */
  readonly onClose: (close: () => Promise<void>) => void;
}
