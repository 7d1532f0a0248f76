import PgBoss from 'pg-boss';
import { connectionSettings } from '../db/postgres/connection-settings.ts';
import { repeatOnConflict } from '../db/transaction.ts';
import type { Log } from '../runtime/log.ts';
import type { JobOptions } from './jobs.ts';

/** Where pg-boss has its tables. */
export const SCHEMA = 'paperdesk_jobs';
/** The queue of jobs that failed too often. */
export const DEAD_LETTERS = 'dead-letters';

const MAINTENANCE_SECONDS = 30;
const ARCHIVE_SECONDS = 3600;
/** A job that this much time is over its limit is taken from its node by pg-boss; its node should have done it. */
const EXPIRY_GRACE_SECONDS = 60;
/** pg-boss allows no more. */
const MAX_EXPIRY_SECONDS = 24 * 3600 - 1;

/**
 * Starts pg-boss on the database at `url`; creates or updates its tables first. It has a connection of its own, because
 * its maintenance needs sessions, and loses nothing when the connection breaks.
 * @param maintains whether this node expires and archives jobs; one node at a time does
 */
export async function startBoss(url: string, maintains: boolean, log: Log): Promise<PgBoss> {
  const settings: object = {
    ...connectionSettings(url),
    ...{ schema: SCHEMA, max: 1, schedule: false, supervise: maintains },
    ...{ maintenanceIntervalSeconds: MAINTENANCE_SECONDS, archiveCompletedAfterSeconds: ARCHIVE_SECONDS },
  };
  const boss = new PgBoss(settings);
  // Without a listener an error would end the process. The next maintenance tries again.
  boss.on('error', (error) => log.warn({ err: error }, 'the maintenance of the jobs failed'));
  await boss.start();
  await repeatOnConflict(() => boss.createQueue(DEAD_LETTERS, { name: DEAD_LETTERS, policy: 'standard' }));
  return boss;
}

/** Creates the queue of a kind, or changes it to these options. */
export async function prepareQueue(
  boss: PgBoss,
  { kind, retries, retryMs, limitMs }: JobOptions,
): Promise<void> {
  const seconds = Math.ceil(limitMs / 1000) + EXPIRY_GRACE_SECONDS;
  const options = {
    ...{ name: kind, deadLetter: DEAD_LETTERS },
    // One job per key is new. Jobs that are repeated are not limited, so that pg-boss never has to drop one of them.
    policy: 'short' as const,
    retryLimit: retries,
    retryDelay: Math.max(1, Math.round(retryMs / 1000)),
    retryBackoff: true,
    expireInSeconds: Math.min(seconds, MAX_EXPIRY_SECONDS),
  };
  // Nodes that start at the same time on a new database lock its tables in turns.
  await repeatOnConflict(() => boss.createQueue(kind, options));
  await repeatOnConflict(() => boss.updateQueue(kind, options));
}
