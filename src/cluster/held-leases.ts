import { PaperdeskError } from '../errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type HeldToken, isOwner, LIFE } from './cluster-repository.ts';
import type { Lease } from './leases.ts';
import type { createWantedLeases } from './wanted-leases.ts';

interface Held {
  readonly lease: Lease;
  /** Monotonic; from then on this node does not count on the lease. */
  until: number;
}

export interface HeldLeasesOptions {
  readonly nodeId: string;
  readonly wanted: ReturnType<typeof createWantedLeases>;
  readonly timers: Pick<Timers, 'monotonic'>;
  readonly log: Log;
}

/** A node counts on a lease for a second less than the database, so that it ends its work before another one begins (nodes.md#3). */
const COUNTED_ON_MS = LIFE.leaseMs - 1000;

/** The leases that this node holds by its own monotonic clock, and the work that it does with them. */
export function createHeldLeases({ nodeId, wanted, timers, log }: HeldLeasesOptions) {
  const held = new Map<string, Held>();
  /** Names of lost leases whose work has not ended yet. */
  const ending = new Set<string>();

  function leaseOf({ name, token }: HeldToken): Lease {
    const lease: Lease = {
      ...{ name, token },
      isHeld: async (transaction) =>
        held.get(name)?.lease === lease && (await isOwner(transaction, { name, token })),
      async requireHeld(transaction) {
        if (await lease.isHeld(transaction)) return;
        throw new PaperdeskError('LEASE_LOST', `This node (${nodeId}) no longer has the lease ${name}.`);
      },
    };
    return lease;
  }

  function lose(name: string): void {
    held.delete(name);
    ending.add(name);
    log.warn({ lease: name }, 'this node lost a lease: another one may have it');
    wanted
      .end(name)
      .catch((error: unknown) => log.error({ err: error, lease: name }, 'work did not end in order'))
      .finally(() => ending.delete(name));
  }

  return {
    names: () => [...held.keys()].sort(),
    find: (name: string): Lease | undefined => held.get(name)?.lease,
    /** Wanted leases that this node may try to take. */
    missing: () => wanted.names().filter((name) => !held.has(name) && !ending.has(name)),
    drop: (name: string): void => void held.delete(name),

    /** Begins the work with leases that were taken by a statement sent at `sentAt` (monotonic). */
    taken(tokens: readonly HeldToken[], sentAt: number): void {
      const until = sentAt + COUNTED_ON_MS;
      if (until <= timers.monotonic()) return;
      for (const token of tokens) {
        held.set(token.name, { lease: leaseOf(token), until });
        wanted.begin(token.name);
      }
    },

    /** Extends leases that were renewed by a statement sent at `sentAt`, for `names`; the others are lost. */
    renewed(tokens: readonly HeldToken[], names: readonly string[], sentAt: number): void {
      for (const name of names) {
        const entry = held.get(name);
        if (entry === undefined) continue;
        const isKept = tokens.some((kept) => kept.name === name && kept.token === entry.lease.token);
        if (isKept) entry.until = sentAt + COUNTED_ON_MS;
        else lose(name);
      }
    },

    /** Ends the work with leases that were not renewed in time; returns the ms until the next one ends. */
    expire(): number {
      const now = timers.monotonic();
      for (const [name, { until }] of held) if (until <= now) lose(name);
      return Math.min(...Array.from(held.values(), ({ until }) => until)) - now;
    },
  };
}
