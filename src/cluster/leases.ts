import type { Database } from '../db/connection.ts';

/** The right to do something that only one node may do at a time, for example to follow a symbol. */
export interface Lease {
  readonly name: string;
  /** Grows with every change of the owner. */
  readonly token: number;
  /**
   * Call it in the transaction of a write that only the owner may make. Until the transaction ends, no other node gets
   * the lease.
   * @throws PaperdeskError LEASE_LOST when this node is not the owner any more
   */
  requireHeld(transaction: Database): Promise<void>;
}

/** Ends what a node does with a lease. */
type EndWork = () => Promise<void>;

export interface Leases {
  /**
   * Tries to get and keep a lease from now on.
   * @param begin called each time this node gets the lease; what it returns is called once the lease is lost or given up
   * @returns a function that gives the lease up; it waits until the work has ended
   */
  want(name: string, begin: (lease: Lease) => EndWork): () => Promise<void>;
  /** Names of the leases that this node holds, in alphabetical order. */
  held(): readonly string[];
}
