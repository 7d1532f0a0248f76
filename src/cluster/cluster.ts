import type { Leases } from './leases.ts';

export type NodeRole = 'all' | 'api' | 'worker';

/** A process of the service. */
export interface NodeIdentity {
  /** Unique for every start. */
  readonly id: string;
  /** NODE_NAME. */
  readonly name: string;
  readonly role: NodeRole;
  /** Version of the program. */
  readonly version: string;
}

/** What a node tells the others with every heartbeat; the keys are the components that tell it. */
export type NodeReport = Readonly<Record<string, unknown>>;

export interface NodeState extends NodeIdentity {
  /** ms since the epoch, by the clock of the database. */
  readonly startedAt: number;
  /** Time since its last heartbeat, in ms. */
  readonly heartbeatAgeMs: number;
  readonly leases: readonly string[];
  readonly report: NodeReport;
}

/** The nodes that share a store; one process alone with SQLite. */
export interface Cluster {
  readonly node: NodeIdentity;
  /** Whether other nodes may share the store. */
  readonly isShared: boolean;
  readonly leases: Leases;
  /** Adds a part of this node's report. */
  reportPart(name: string, read: () => unknown): void;
  /** The nodes that are alive, in order of their names; the one that answers is among them. */
  nodes(): Promise<readonly NodeState[]>;
  /** Calls `listener` with nodes that died or left, on every other node. */
  onGone(listener: (gone: NodeIdentity) => void): void;
  start(): Promise<void>;
  /** Gives all leases up and leaves. */
  close(): Promise<void>;
}
