import { sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import type { NodeIdentity, NodeReport, NodeState } from './cluster.ts';

/** Times by which nodes are judged, in ms (nodes.md#2). */
export const LIFE = {
  /** A lease that is not renewed for this long is free, and a node without a heartbeat for this long is dead. */
  leaseMs: 6000,
  /** Pause between heartbeats, each of which renews all leases of a node. */
  renewEveryMs: 2000,
} as const;

/** A lease that a node holds. */
export interface HeldToken {
  readonly name: string;
  readonly token: number;
}

/** A node, which may be dead. */
export interface KnownNode extends NodeState {
  readonly isAlive: boolean;
}

/** Which free leases a node takes. */
export interface TakeOrder {
  readonly names: readonly string[];
  readonly limit: number;
  /** How long they must have been free, in ms. */
  readonly freeForMs: number;
}

/**
 * The rows of `nodes` and `leases` on PostgreSQL. Only the clock of the database counts: the clocks of nodes may differ. It is
 * read anew in each statement, because `now()` would be the start of the transaction.
 */
export interface ClusterRepository {
  /** Stores that a node is alive, with what it tells the others, and forgets nodes that died minutes ago. */
  beat(node: NodeIdentity, report: NodeReport): Promise<void>;
  /** Extends the leases of a node among `names`; returns those that it still holds. */
  renew(nodeId: string, names: readonly string[]): Promise<HeldToken[]>;
  /** Takes free leases, each with a new token, unless a write of the last owner is under way. */
  take(nodeId: string, order: TakeOrder): Promise<HeldToken[]>;
  /** Gives leases of a node up. */
  release(nodeId: string, names: readonly string[]): Promise<void>;
  /** Gives all leases of a node up and forgets the node. */
  leave(nodeId: string): Promise<void>;
  /** The nodes, some of which may be dead, in order of their names. */
  nodes(): Promise<KnownNode[]>;
}

/** Dead nodes are listed for this long, so that all others notice their death. */
const KEPT_MS = 10 * 60_000;
const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
/** No lease gets a later deadline, unless the clock of the database went back since then: such a deadline means nothing. */
const LATEST_DEADLINE = sql<number>`${NOW} + ${2 * LIFE.leaseMs}::bigint`;

export function createClusterRepository(database: Database): ClusterRepository {
  const release = (nodeId: string) =>
    database.updateTable('leases').set({ node_id: null, expires_at: NOW }).where('node_id', '=', nodeId);

  return {
    async beat({ id, name, role, version }, content) {
      const report = JSON.stringify(content);
      await database
        .insertInto('nodes')
        .values({ id, name, role, version, started_at: NOW, seen_at: NOW, report })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: NOW, report }))
        .execute();
      await database.deleteFrom('nodes').where(sql`abs(${NOW} - seen_at)`, '>', KEPT_MS).execute();
    },

    async renew(nodeId, names) {
      if (names.length === 0) return [];
      // It does not wait for writes under way: it changes no key, and they lock the key only (see `isOwner`).
      return database
        .updateTable('leases')
        .set({ expires_at: sql<number>`${NOW} + ${LIFE.leaseMs}` })
        .where('node_id', '=', nodeId)
        .where('name', 'in', names)
        .returning(['name', 'token'])
        .execute();
    },

    async take(nodeId, { names, limit, freeForMs }) {
      await database
        .insertInto('leases')
        .values(names.map((name) => ({ name, node_id: null, token: 0, expires_at: 0 })))
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      return database
        .with('free', (free) =>
          free
            .selectFrom('leases')
            .select('name')
            .where('name', 'in', names)
            .where(({ or, eb }) =>
              or([
                eb('expires_at', '<=', sql<number>`${NOW} - ${freeForMs}::bigint`),
                eb('expires_at', '>', LATEST_DEADLINE),
              ]),
            )
            .orderBy('name')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('leases')
        .from('free')
        .set({
          node_id: nodeId,
          token: sql<number>`leases.token + 1`,
          expires_at: sql<number>`${NOW} + ${LIFE.leaseMs}`,
        })
        .whereRef('leases.name', '=', 'free.name')
        .returning(['leases.name', 'leases.token'])
        .execute();
    },

    async release(nodeId, names) {
      if (names.length > 0) await release(nodeId).where('name', 'in', names).execute();
    },

    async leave(nodeId) {
      await release(nodeId).execute();
      await database.deleteFrom('nodes').where('id', '=', nodeId).execute();
    },

    async nodes() {
      const rows = await database
        .selectFrom('nodes')
        .select(['id', 'name', 'role', 'version', 'started_at as startedAt', 'report'])
        // A heartbeat in the future was before the clock of the database went back.
        .select(sql<number>`abs(${NOW} - seen_at)`.as('heartbeatAgeMs'))
        .orderBy('name')
        .orderBy('id')
        .execute();
      const held = await database
        .selectFrom('leases')
        .select(['name', 'node_id'])
        .where('node_id', 'is not', null)
        .where('expires_at', '>', NOW)
        .where('expires_at', '<=', LATEST_DEADLINE)
        .orderBy('name')
        .execute();
      return rows.map((row) => ({
        ...row,
        isAlive: row.heartbeatAgeMs < LIFE.leaseMs,
        leases: held.filter(({ node_id }) => node_id === row.id).map(({ name }) => name),
        report: reportOf(row.report),
      }));
    },
  };
}

/** Whether a lease still has this token; if so, no other node can take it until the transaction ends (nodes.md#4). */
export async function isOwner(transaction: Database, { name, token }: HeldToken): Promise<boolean> {
  const row = await transaction
    .selectFrom('leases')
    .select('name')
    .where('name', '=', name)
    .where('token', '=', token)
    // Waits for a node that takes the lease, and makes others pass it over; renewals are not disturbed.
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** A report that is no object tells nothing: another version of the program may have written it. */
function reportOf(text: string): NodeReport {
  try {
    const report: unknown = JSON.parse(text);
    return typeof report === 'object' && report !== null ? (report as NodeReport) : {};
  } catch {
    return {};
  }
}
