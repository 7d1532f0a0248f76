import type { DiskSpace } from '../db/disk-space.ts';
import { type Condition, type NewestAlert, recoveryFrom } from './conditions.ts';

const LOW = { share: 0.05, atMost: 2 ** 30 };
/** It is over when there is so many times as much room. */
const ENOUGH = 2;
/** What the alerts are about. */
const DISK = 'disk:store';

/**
 * Tells whether the disk of the store runs full. On a full disk no alert can be stored, so it lasts until one is.
 * @param space of the disk of the store; undefined where it is not on a disk of this machine
 * @param newestAlerts the newest alert of every subject
 * @returns reads the condition; undefined where there is no such disk
 */
export function createDiskWatch(
  space: () => Promise<DiskSpace | undefined>,
  newestAlerts: () => Promise<ReadonlyMap<string, NewestAlert>>,
  now: () => number,
): () => Promise<Condition | undefined> {
  /** When the disk became low, ms. */
  let since: number | undefined;
  return async () => {
    const found = await space();
    if (found === undefined) return undefined;
    const limit = Math.min(LOW.atMost, found.total * LOW.share);
    const isEnough = found.free >= ENOUGH * limit;
    if (found.free < limit) since ??= now();
    else if (isEnough && since !== undefined && isRaised((await newestAlerts()).get(DISK))) since = undefined;
    return conditionOf(found, since, isEnough);
  };
}

function conditionOf({ free, total }: DiskSpace, since: number | undefined, isEnough: boolean): Condition {
  const began = since === undefined ? null : new Date(since).toISOString();
  const details = { free_mb: megabytes(free), total_mb: megabytes(total), since: began };
  return {
    subject: DISK,
    isActive: since !== undefined ? true : isEnough ? false : null,
    alert: {
      ...{ id: `disk_low.${began}`, kind: 'DISK_LOW', subject: DISK, details },
      text:
        `The disk of the store has been almost full since ${began}: ${details.free_mb} of ${details.total_mb} MB are free. ` +
        'On a full disk nothing is stored, so no candle is decided: free some space.',
    },
    isRaised,
    recovery: recoveryFrom('DISK_LOW', {
      ...{ kind: 'DISK_RECOVERED', subject: DISK, details },
      text: `The disk of the store has room again: ${details.free_mb} of ${details.total_mb} MB are free.`,
    }),
  };
}

function isRaised(newest: NewestAlert | undefined): boolean {
  return newest?.kind === 'DISK_LOW';
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
