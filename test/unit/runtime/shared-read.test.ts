import { expect, test } from 'vitest';
import { createSharedRead } from '../../../src/runtime/shared-read.ts';

/** Reads that end when the test says so. */
function controlledReads() {
  const reads: { readonly keys: readonly string[]; end(): void; fail(): void }[] = [];
  const read = createSharedRead(
    (keys: readonly string[]) =>
      new Promise<number>((resolve, reject) => {
        const number = reads.length + 1;
        reads.push({ keys, end: () => resolve(number), fail: () => reject(new Error('broken')) });
      }),
  );
  return { reads, read };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('callers that have to wait share one read, which begins after they have called', async () => {
  const { reads, read } = controlledReads();
  const first = [read('a'), read('a')];
  const waiting = [read('a'), read('b', 'c'), read('b')];
  expect(reads.map(({ keys }) => keys)).toEqual([['a'], ['a']]);
  reads[0]!.end();
  await settled();
  expect(reads[2]!.keys).toEqual(['a', 'b', 'c']);
  // It has begun, so a later caller gets another one.
  const later = read('d');
  reads[1]!.end();
  await settled();
  expect(reads[3]!.keys).toEqual(['d']);
  reads[2]!.end();
  reads[3]!.end();
  expect(await Promise.all([...first, ...waiting, later])).toEqual([1, 2, 3, 3, 3, 4]);
});

test('only the callers of a read that fails get its error, and the next read begins', async () => {
  const { reads, read } = controlledReads();
  const results = Promise.allSettled([read('a'), read('b'), read('c'), read('d')]);
  reads[0]!.fail();
  await settled();
  reads[2]!.end();
  reads[1]!.end();
  expect((await results).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});

test('a read that does not return does not stop the others', async () => {
  const { reads, read } = controlledReads();
  void read('hangs');
  for (let turn = 1; turn <= 3; turn += 1) {
    const answer = read('a');
    reads[turn]!.end();
    expect(await answer).toBe(turn + 1);
  }
});
