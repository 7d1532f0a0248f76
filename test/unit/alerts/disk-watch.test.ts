import { expect, test } from 'vitest';
import { createDiskWatch } from '../../../src/alerts/disk-watch.ts';

const MB = 2 ** 20;
const START = Date.parse('2026-11-26T00:00:00Z');

/** A disk of 1000 MB, low below 50 and well again from 100 on. */
function createDisk() {
  const disk = { freeMb: 500, raised: false, now: START };
  const space = async () => ({ free: disk.freeMb * MB, total: 1000 * MB });
  const read = createDiskWatch(
    space,
    async () => new Map(disk.raised ? [['disk:store', { id: 'disk_low.x', kind: 'DISK_LOW' as const }]] : []),
    () => disk.now,
  );
  const isActive = async (freeMb: number) => {
    disk.freeMb = freeMb;
    return (await read())?.isActive;
  };
  return { disk, read, isActive };
}

test('a disk is low until there is twice as much room', async () => {
  const { disk, isActive } = createDisk();
  expect(await isActive(60)).toBe(null);
  expect(await isActive(49)).toBe(true);
  disk.raised = true;
  expect(await isActive(99)).toBe(true);
  expect(await isActive(100)).toBe(false);
  expect(await isActive(99)).toBe(null);
});

test('a full disk on which no alert could be stored is told when there is room', async () => {
  const { disk, read, isActive } = createDisk();
  expect(await isActive(0)).toBe(true);
  disk.now += 60_000;
  expect(await isActive(500)).toBe(true);
  const { alert, isRaised, recovery } = (await read())!;
  expect(alert.text).toContain('almost full since 2026-11-26T00:00:00.000Z');
  expect(isRaised(undefined)).toBe(false);
  disk.raised = true;
  expect(await isActive(500)).toBe(false);
  expect(recovery({ id: alert.id, kind: 'DISK_LOW' })).toMatchObject({
    ...{ kind: 'DISK_RECOVERED', subject: alert.subject },
  });
});

test('a restart while the disk is low begins no other episode, and ends the one before', async () => {
  const { disk, read, isActive } = createDisk();
  disk.raised = true;
  expect(await isActive(10)).toBe(true);
  expect((await read())!.isRaised({ id: 'disk_low.x', kind: 'DISK_LOW' })).toBe(true);
  expect(await isActive(500)).toBe(false);
});

test('a store that is not on a disk of this machine has no such condition', async () => {
  const read = createDiskWatch(
    async () => undefined,
    async () => new Map(),
    () => START,
  );
  expect(await read()).toBeUndefined();
});
