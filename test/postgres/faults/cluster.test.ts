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
import { LONG, repetitions } from '../../helper/run-length.ts';

/** Each after the other, while the cluster is used. */
const FAULTS = LONG
  ? [
      ...[killOwner, refuseObjects, cutConnections, pauseOwner, restartPostgres],
      ...[hangObjects, stallNode, cutObjects, killAllNodes],
    ]
  : [killOwner, refuseObjects, cutConnections, pauseOwner, restartPostgres];
/** A candle of 15m closes every three seconds. */
const SPEED = 300;

test('three nodes lose, repeat and change nothing, whatever happens to them and to what they need', async () => {
  const { violations, journal, recoveries } = await liveWithFaults({
    ...{ nodes: 3, accounts: repetitions(20, 8), seed: 13, speed: SPEED },
    report: (sentence) => process.stdout.write(`${sentence}\n`),
    async live({ disturb }) {
      for (const fault of FAULTS) await disturb(fault);
    },
  });
  expect(violations).toEqual([]);
  expect(recoveries).toHaveLength(FAULTS.length);
  expect(journal.signals.size).toBeGreaterThan(20);
  expect(journal.uploads.size).toBeGreaterThan(0);
  expect(journal.replays.size).toBeGreaterThan(0);
  expect(journal.orders.size).toBeGreaterThan(0);
}, 600_000);
