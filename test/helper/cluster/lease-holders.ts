import pg from 'pg';
import { waitFor } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';

/** Nodes, and the settings of the store that they share. */
type SharedStore = Pick<Cluster, 'nodes' | 'settings'>;

/** A lease changes its node after seconds. */
const BETWEEN_LOOKS_MS = 100;

type ReadHolders = () => Promise<Map<string, string>>;

/** @param look is given what reads the valid leases and the names of the nodes that hold them, on one connection */
async function lookAtHolders<T>(
  { settings }: SharedStore,
  look: (read: ReadHolders) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: settings.DATABASE_URL as string });
  await client.connect();
  try {
    return await look(async () => {
      const { rows } = await client.query<{ lease: string; node: string }>(
        'select leases.name as lease, nodes.name as node from leases join nodes on nodes.id = leases.node_id ' +
          'where leases.expires_at > extract(epoch from clock_timestamp()) * 1000',
      );
      return new Map(rows.map(({ lease, node }) => [lease, node]));
    });
  } finally {
    await client.end();
  }
}

/** Waits until a node holds leases, and returns the one with the most. */
export async function busiestNode(cluster: SharedStore): Promise<ClusterNode> {
  const leases = await lookAtHolders(cluster, (read) =>
    waitFor('a node has leases', read, ({ size }) => size > 0, BETWEEN_LOOKS_MS),
  );
  const holders = [...leases.values()];
  const leasesOf = ({ name }: ClusterNode) => holders.filter((holder) => holder === name).length;
  return [...cluster.nodes].sort((a, b) => leasesOf(b) - leasesOf(a))[0] as ClusterNode;
}

/** Waits until a node holds none of its leases any more, and another one has some of them; returns the ms it took. */
export function leasesTakenFrom({ name }: ClusterNode, cluster: SharedStore): Promise<number> {
  const begun = performance.now();
  return lookAtHolders(cluster, async (read) => {
    const lost = [...(await read())].filter(([, holder]) => holder === name).map(([lease]) => lease);
    await waitFor(
      `others take the leases of ${name}`,
      read,
      (holders) => ![...holders.values()].includes(name) && lost.some((lease) => holders.has(lease)),
      BETWEEN_LOOKS_MS,
    );
    return performance.now() - begun;
  });
}
