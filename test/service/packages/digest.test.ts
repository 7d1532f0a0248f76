import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createDigest } from '../../../src/packages/digest.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperdesk-digest-'));
const path = join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true }));

const batches = Array.from({ length: 20 }, (_, i) => [
  new Uint8Array(70_000).fill(i),
  new Uint8Array(1000).fill(255 - i),
]);
const expected = createHash('sha256').update(Buffer.concat(batches.flat())).digest('hex');

test.each([
  ['in one go', Number.POSITIVE_INFINITY],
  ['in a thread from some point on', 500_000],
  ['in a thread from the start', 1],
])('a file is hashed %s while it is written', async (_, threadFrom) => {
  writeFileSync(path, '');
  const digest = createDigest(path, threadFrom);
  for (const batch of batches) {
    for (const chunk of batch) appendFileSync(path, chunk);
    digest.add(batch);
  }
  expect(await digest.finish()).toBe(expected);
});

test('an empty file has the hash of nothing', async () => {
  expect(await createDigest(path).finish()).toBe(createHash('sha256').digest('hex'));
});

test('a file that does not hold what was written is an error', async () => {
  writeFileSync(path, 'short');
  const digest = createDigest(path, 1);
  digest.add([new Uint8Array(6)]);
  await expect(digest.finish()).rejects.toThrow('The file ends at 5; 6 bytes were written.');
});
