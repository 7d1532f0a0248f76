// promise: docs/operations.md "a node dies"
// promise: docs/operations.md "a node is paused, or cut off from PostgreSQL"
// promise: docs/operations.md "PostgreSQL restarts | 503"
// promise: docs/operations.md "connections break"
// promise: docs/operations.md "the object store fails"

import { expect, test } from 'vitest';
import {
  cutConnections,
  cutObjects,
  hangObjects,
  killAllNodes,
  killOwner,
  pauseOwner,
  refuseObjects,
  restartPostgres,
  stallNode,
} from '../../helper/cluster/faults.ts';
import { liveWithFaults } from '../../helper/cluster/live-with-faults.ts';
import { waitUntil } from '../../helper/wait.ts';

/** Each after the other, while the cluster is used. */
const FAULTS = [
  ...[killOwner, refuseObjects, cutConnections, pauseOwner, restartPostgres],
  ...[hangObjects, stallNode, cutObjects, killAllNodes],
];
const DECISIONS = 21;

test('nodes lose, repeat and change nothing, whatever happens to them and to what they need', async () => {
  const { violations, journal, recoveries } = await liveWithFaults({
    ...{ nodes: 3, accounts: 20, seed: 13, speed: 300 },
    report: (sentence) => process.stdout.write(`${sentence}\n`),
    async live({ disturb, journal: { signals, uploads, replays, orders } }) {
      for (const fault of FAULTS) await disturb(fault);
      await waitUntil(
        'nodes acknowledged something of every kind',
        () => signals.size >= DECISIONS && [uploads, replays, orders].every(({ size }) => size > 0),
        200,
      );
    },
  });
  expect(violations).toEqual([]);
  expect(recoveries).toHaveLength(FAULTS.length);
  expect(journal.signals.size).toBeGreaterThanOrEqual(DECISIONS);
  expect(journal.uploads.size).toBeGreaterThan(0);
  expect(journal.replays.size).toBeGreaterThan(0);
  expect(journal.orders.size).toBeGreaterThan(0);
}, 600_000);
