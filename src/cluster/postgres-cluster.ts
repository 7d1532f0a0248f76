import { startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { Cluster, NodeIdentity } from './cluster.ts';
import { type ClusterRepository, LIFE } from './cluster-repository.ts';
import { createGoneNodes } from './gone-nodes.ts';
import { createHeldLeases } from './held-leases.ts';
import { createNodeReport } from './node-report.ts';
import { createWantedLeases } from './wanted-leases.ts';

export interface PostgresClusterOptions {
  readonly node: NodeIdentity;
  /** On a connection that nothing else uses, so that heartbeats never wait for other work. */
  readonly repository: ClusterRepository;
  /** For lists of nodes. */
  readonly reader: Pick<ClusterRepository, 'nodes'>;
  readonly timers: Timers;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1000;
/** A node with its share of the leases leaves free ones to the others for this long (nodes.md#5). */
const PATIENCE_MS = 1500;
/** Limits the work that a node begins at once. */
const MAX_TAKEN = 50;

/**
 * One of several nodes. A lease is a row with a deadline by the clock of PostgreSQL and a token that grows with every
 * owner. A session lock would stay with a paused process, or a machine without power, until TCP gives its connection up.
 */
export function createPostgresCluster(options: PostgresClusterOptions): Cluster {
  const { node, repository, reader, timers, log } = options;
  const report = createNodeReport(log);
  const wanted = createWantedLeases();
  const held = createHeldLeases({ nodeId: node.id, wanted, timers, log });
  const gone = createGoneNodes();
  const goneListeners: ((node: NodeIdentity) => void)[] = [];
  const takesLeases = node.role !== 'worker';
  let loops: { stop(): Promise<void> }[] = [];
  let beatAt = Number.NEGATIVE_INFINITY;
  let isAway = false;

  async function beat(): Promise<void> {
    const sentAt = timers.monotonic();
    const names = held.names();
    held.renewed(await repository.renew(node.id, names), names, sentAt);
    await repository.beat(node, report.read());
    beatAt = sentAt;
    const others = (await repository.nodes()).filter(({ id }) => id !== node.id);
    for (const one of gone.update(others, timers.monotonic())) {
      log.warn({ gone: one.name, id: one.id }, 'a node died or left');
      for (const listener of goneListeners) listener(one);
    }
  }

  async function takeFree(): Promise<void> {
    const names = held.missing();
    if (names.length === 0) return;
    const takers = 1 + gone.present().filter(({ role }) => role !== 'worker').length;
    const share = Math.ceil(wanted.names().length / takers) - held.names().length;
    const sentAt = timers.monotonic();
    const limit = share > 0 ? Math.min(share, MAX_TAKEN) : MAX_TAKEN;
    const freeForMs = share > 0 ? 0 : PATIENCE_MS;
    const taken = await repository.take(node.id, { names, limit, freeForMs });
    held.taken(
      taken.filter(({ name }) => wanted.isWanted(name)),
      sentAt,
    );
    const unwanted = taken.map(({ name }) => name).filter((name) => !wanted.isWanted(name));
    await repository.release(node.id, unwanted);
  }

  async function work(): Promise<number> {
    if (timers.monotonic() - beatAt >= LIFE.renewEveryMs) await beat();
    if (takesLeases) await takeFree();
    if (isAway) log.info({}, 'the leases of this node are kept again');
    isAway = false;
    return LOOK_EVERY_MS;
  }

  function onFailure(error: unknown): number {
    if (!isAway)
      log.error({ err: error }, 'the leases of this node cannot be kept: the database does not answer');
    isAway = true;
    return LOOK_EVERY_MS;
  }

  /** Needs no answer of the database, so that a node cut off from it ends its work in time. */
  async function expire(): Promise<number> {
    return Math.min(held.expire(), LOOK_EVERY_MS);
  }

  return {
    node,
    isShared: true,
    leases: {
      want(name, begin) {
        const user = wanted.add(name, begin);
        if (held.find(name) !== undefined) wanted.begin(name);
        return async () => {
          await wanted.remove(user);
          if (wanted.isWanted(name) || held.find(name) === undefined) return;
          held.drop(name);
          await repository.release(node.id, [name]).catch(notReleased);
        };
      },
      find: held.find,
      held: held.names,
    },
    reportPart: report.add,
    async nodes() {
      const nodes = await reader.nodes();
      return nodes.filter(({ isAlive }) => isAlive).map(({ isAlive: _, ...state }) => state);
    },
    onGone: (listener) => void goneListeners.push(listener),

    async start() {
      await work().catch(onFailure);
      loops = [
        startBackgroundLoop({ work, onFailure, timers }),
        startBackgroundLoop({ work: expire, onFailure, timers }),
      ];
    },

    async close() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await wanted.endAll();
      await repository.leave(node.id).catch(notReleased);
    },
  };

  function notReleased(error: unknown): void {
    log.warn({ err: error }, 'leases could not be given up; other nodes take them in some seconds');
  }
}
