import type { Database } from '../db/connection.ts';

/** The right to do something that only one node may do at a time, for example to follow a symbol. */
export interface Lease {
  readonly name: string;
  /** Grows with every change of the owner. */
  readonly token: number;
  /**
   * Whether this node is still the owner. If it is, no other node gets the lease until the transaction ends, so what the
   * transaction writes cannot contradict the next owner.
   */
  isHeld(transaction: Database): Promise<boolean>;
  /** The same for writes that only the owner may make. @throws PaperdeskError LEASE_LOST */
  requireHeld(transaction: Database): Promise<void>;
}

/** Ends what a node does with a lease. */
export type EndWork = () => Promise<void>;

/** Begins what a node does with a lease; returns what ends it. */
export type BeginWork = () => EndWork;

export interface Leases {
  /**
   * Tries to get and keep a lease from now on. Several parts of a node may want the same lease and share it.
   * @param begin called each time this node gets the lease; what it returns is called once the lease is lost or given up
   * @returns a function that gives the lease up; it waits until the work has ended
   */
  want(name: string, begin: BeginWork): () => Promise<void>;
  /** The lease if this node holds it; a node alone holds every lease. */
  find(name: string): Lease | undefined;
  /** Names of the wanted leases that this node holds, in alphabetical order. */
  held(): readonly string[];
}

/** For a process that shares its store with no other node. */
export const ALL_LEASES: Pick<Leases, 'find'> = {
  find: (name) => ({ name, token: 1, isHeld: async () => true, requireHeld: async () => {} }),
};

/** For a command that runs beside the nodes of a store. */
export const NO_LEASES: Pick<Leases, 'find'> = { find: () => undefined };
