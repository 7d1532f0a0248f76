import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type ByteReader, memoryReader, withFileReader } from '../../../src/formats/byte-reader.ts';
import { forEachSlice } from '../../../src/formats/chunks.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const path = fileURLToPath(new URL('../../fixtures/packages/alpha/forecast_model.pt', import.meta.url));

async function withBoth(use: (reader: ByteReader) => Promise<void>): Promise<void> {
  await withFileReader(path, async (reader) => {
    await use(reader);
    await use(memoryReader(await reader.read(0, reader.size)));
  });
}

test('reads bytes at any offset', async () => {
  await withBoth(async (reader) => {
    expect(Buffer.from(await reader.read(30, 16)).toString()).toBe('forecast_model/d');
    expect(await reader.read(reader.size, 0)).toHaveLength(0);
    const target = new Uint8Array(2);
    await reader.readInto?.(target, 0);
    if (reader.readInto !== undefined) expect(Buffer.from(target).toString()).toBe('PK');
  });
});

test.each([
  [-1, 1],
  [0, -1],
  [0, 1e9],
  [1e12, 1],
  [0.5, 1],
  [Number.NaN, 1],
])('refuses %d + %d', async (offset, length) => {
  await withBoth(async (reader) => {
    await expectRefusal(() => reader.read(offset, length), 'FILE_TRUNCATED');
  });
});

test('the slices of a file add up to the file', async () => {
  await withBoth(async (reader) => {
    const parts: Buffer[] = [];
    await forEachSlice(reader, 100, reader.size - 100, (chunk) => parts.push(Buffer.from(chunk)));
    const whole = await reader.read(100, reader.size - 100);
    expect(Buffer.compare(Buffer.concat(parts), whole)).toBe(0);
  });
});
