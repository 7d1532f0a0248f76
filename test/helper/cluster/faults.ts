import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectStoreFault } from '../object-store.ts';
import { waitUntil } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { busiestNode, leasesTakenFrom } from './lease-holders.ts';

/** Something that happens to a part of a cluster. */
export interface Fault {
  readonly name: string;
  /** Resolves once it is over: what was broken runs again. @returns what there is to say about it */
  strike(cluster: Cluster, random: () => number): Promise<string | undefined>;
}

/** Longer than a node waits before it takes something for dead. */
const STALL_MS = 5000;
const OUTAGE_MS = 3000;

function anyOf(nodes: readonly ClusterNode[], random: () => number): ClusterNode {
  return nodes[Math.floor(random() * nodes.length)] as ClusterNode;
}

async function killAndStart(node: ClusterNode): Promise<undefined> {
  await node.kill();
  await node.start();
}

const takenAfter = (ms: number) => `its leases were taken after ${(ms / 1000).toFixed(1)} s`;

export const killNode: Fault = {
  name: 'kill -9 of a node',
  strike: ({ nodes }, random) => killAndStart(anyOf(nodes, random)),
};

export const killAllNodes: Fault = {
  name: 'kill -9 of all nodes',
  async strike({ nodes }) {
    await Promise.all(nodes.map(killAndStart));
    return undefined;
  },
};

export const restartPostgres: Fault = {
  name: 'PostgreSQL restarts',
  async strike({ postgres }) {
    await postgres.stop();
    await postgres.start();
    return undefined;
  },
};

export const cutConnections: Fault = {
  name: 'all connections to PostgreSQL are cut',
  async strike({ nodes }) {
    for (const { link } of nodes) link.cut();
    return undefined;
  },
};

export const stallNode: Fault = {
  name: `the network of a node loses everything for ${STALL_MS / 1000} s`,
  async strike({ nodes }, random) {
    const resume = anyOf(nodes, random).link.stall();
    await delay(STALL_MS);
    resume();
    return undefined;
  },
};

export const killOwner: Fault = {
  name: 'kill -9 of the node with the most leases',
  async strike(cluster) {
    const owner = await busiestNode(cluster);
    await owner.kill();
    const ms = await leasesTakenFrom(owner, cluster);
    await owner.start();
    return takenAfter(ms);
  },
};

export const pauseOwner: Fault = {
  name: 'the node with the most leases is paused until others have them, and goes on',
  async strike(cluster) {
    const owner = await busiestNode(cluster);
    const resume = owner.pause();
    const ms = await leasesTakenFrom(owner, cluster);
    resume();
    return takenAfter(ms);
  },
};

/** Uploads fail, and packages that are not in a cache cannot be loaded. */
function objectsFail(name: string, fault: ObjectStoreFault): Fault {
  return {
    name,
    async strike({ objects }, random) {
      const before = objects.fault;
      let isMet = false;
      objects.fault = () => {
        if (random() >= 0.8) return undefined;
        isMet = true;
        return fault;
      };
      await delay(OUTAGE_MS);
      await waitUntil('a request meets the fault', () => isMet);
      objects.fault = before;
      return undefined;
    },
  };
}

export const refuseObjects = objectsFail('most requests to the object store are answered 503', 'unavailable');
export const hangObjects = objectsFail('most requests to the object store are never answered', 'hang');
export const cutObjects = objectsFail('most answers of the object store break off', 'cut');
