import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { forEachChunk, readEntry, readZip } from '../../../src/formats/zip/zip.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { type EndFields, type Member, writeZip } from '../../helper/zip-writer.ts';

const text = (value: string) => Buffer.from(value);
const a: Member = { name: 'a/one.txt', content: text('first'.repeat(40)) };
const b: Member = { name: 'b', content: text('second') };
const descriptors = ['signed', 'unsigned', 'signed64', 'unsigned64'] as const;

async function contents(zip: Buffer): Promise<Record<string, string>> {
  const reader = memoryReader(zip);
  const read: Record<string, string> = {};
  for (const [name, entry] of await readZip(reader)) {
    read[name] = Buffer.from(await readEntry(reader, entry, 1000)).toString();
  }
  return read;
}

describe('valid containers', () => {
  const both = { [a.name]: a.content.toString(), [b.name]: b.content.toString() };
  const cases: [string, Member[], EndFields?][] = [
    ['stored', [a, b]],
    ['deflated', [{ ...a, deflated: true }, b]],
    ['with sizes in a local zip64 field', [{ ...a, localZip64: true }, b]],
    ['with sizes in a central zip64 field', [{ ...a, centralZip64: true }, b]],
    ['with a zip64 end record', [a, b], { zip64: true }],
    [
      'with sizes only in the zip64 end record',
      [a, b],
      { zip64: true, entries: 0xffff, directorySize: 0xffffffff, directoryOffset: 0xffffffff },
    ],
    ['with a folder', [{ name: 'a/', content: Buffer.alloc(0) }, a, b]],
    ['with padding in the local extra field', [{ ...a, localExtra: Buffer.from('FB\x03\x00ZZZ') }, b]],
    ...descriptors.map((descriptor): [string, Member[]] => [
      `with a ${descriptor} descriptor`,
      [
        { ...a, descriptor },
        { ...b, descriptor, deflated: true },
      ],
    ]),
  ];
  test.each(cases)('%s', async (_, members, end) => {
    expect(await contents(writeZip(members, end))).toEqual(both);
  });

  test('without members', async () => {
    expect(await contents(writeZip([]))).toEqual({});
  });

  test('names of object properties are plain names', async () => {
    const zip = writeZip([
      { name: '__proto__', content: text('x') },
      { name: 'constructor', content: text('y') },
    ]);
    const entries = await readZip(memoryReader(zip));
    expect([...entries.keys()]).toEqual(['__proto__', 'constructor']);
  });
});

describe('refused containers', () => {
  const cases: [string, Buffer, ErrorCode, RegExp?][] = [
    ['too short', Buffer.from('PK\x05\x06'), 'ZIP_MALFORMED', /4 bytes/],
    ['cut off', writeZip([a, b]).subarray(0, -30), 'ZIP_MALFORMED', /cut off/],
    [
      'with bytes before it',
      writeZip([a, b], { prefix: text('#!/bin/sh\n') }),
      'ZIP_FORBIDDEN',
      /10 other bytes/,
    ],
    ['empty with bytes before it', writeZip([], { prefix: text('abc') }), 'ZIP_FORBIDDEN', /3 other bytes/],
    ['with bytes after it', writeZip([a, b], { suffix: text('tail') }), 'ZIP_MALFORMED'],
    ['with a comment', writeZip([a, b], { comment: text('hello') }), 'ZIP_MALFORMED', /comment/],
    ['with a member encrypted', writeZip([{ ...a, flags: 1 }]), 'ZIP_FORBIDDEN', /encrypted/],
    ['with strong encryption', writeZip([{ ...a, flags: 1 << 6 }]), 'ZIP_FORBIDDEN', /encrypted/],
    ['with masked headers', writeZip([{ ...a, flags: 1 << 13 }]), 'ZIP_FORBIDDEN', /encrypted/],
    ['with patched data', writeZip([{ ...a, flags: 1 << 5 }]), 'ZIP_FORBIDDEN', /flags 32/],
    ['with bzip2', writeZip([{ ...a, method: 12 }]), 'ZIP_FORBIDDEN', /method 12/],
    ['with zstd', writeZip([{ ...a, method: 93 }]), 'ZIP_FORBIDDEN', /method 93/],
    ['with a name twice', writeZip([a, b, a]), 'ZIP_FORBIDDEN', /twice/],
    ['with a symbolic link', writeZip([{ ...a, attributes: 0o120777 * 65536 }]), 'ZIP_FORBIDDEN', /link/],
    ['with a device', writeZip([{ ...a, attributes: 0o020666 * 65536 }]), 'ZIP_FORBIDDEN', /device/],
    ['with a gap between members', writeZip([{ ...a, gap: text('hidden') }, b]), 'ZIP_MALFORMED', /6 bytes/],
    [
      'with a gap behind a descriptor',
      writeZip([{ ...a, descriptor: 'signed', gap: text('x') }, b]),
      'ZIP_MALFORMED',
    ],
    ['with overlapping members', writeZip([a, { ...a, name: 'c', central: { offset: 0 } }]), 'ZIP_MALFORMED'],
    ['with a member outside', writeZip([a, { ...b, central: { offset: 99_999 } }]), 'ZIP_MALFORMED'],
    [
      'with another name in the local header',
      writeZip([{ ...a, local: { name: 'a/two.txt' } }, b]),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with a longer name in the local header',
      writeZip([{ ...a, local: { name: 'a/one.txt2' } }, b]),
      'ZIP_MALFORMED',
    ],
    [
      'with another method in the local header',
      writeZip([{ ...a, local: { method: 8 } }, b]),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with other flags in the local header',
      writeZip([{ ...a, local: { flags: 0x802 } }, b]),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with another CRC in the local header',
      writeZip([{ ...a, local: { crc: 1 } }, b]),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with another size in the local header',
      writeZip([{ ...a, local: { size: 7 } }, b]),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with no sizes and no descriptor',
      writeZip([{ ...a, local: { size: 0, compressedSize: 0, crc: 0 } }]),
      'ZIP_MALFORMED',
    ],
    [
      'with a size larger than the data',
      writeZip([{ ...a, central: { size: 300 } }, b]),
      'ZIP_MALFORMED',
      /300 bytes in 200/,
    ],
    [
      'with data that reaches into the next member',
      writeZip([{ ...a, central: { size: 201, compressedSize: 201 } }, b]),
      'ZIP_MALFORMED',
      /reaches/,
    ],
    [
      'with a ratio that deflate cannot have',
      writeZip([{ ...a, deflated: true, central: { size: 10_000_000 } }]),
      'ZIP_MALFORMED',
      /cannot have/,
    ],
    [
      'with members that inflate to too many bytes',
      writeZip([{ name: 'x', content: Buffer.alloc(2 ** 26 + 1), deflated: true }]),
      'ZIP_TOO_LARGE',
      /67108865/,
    ],
    ['with more members than are there', writeZip([a, b], { entries: 3 }), 'ZIP_MALFORMED'],
    [
      'with fewer members than are there',
      writeZip([a, b], { entries: 1 }),
      'ZIP_MALFORMED',
      /belong to no member/,
    ],
    [
      'with too many members',
      writeZip(Array.from({ length: 4097 }, (_, i) => ({ name: `n${i}`, content: text('') }))),
      'ZIP_TOO_LARGE',
      /4097 members/,
    ],
    [
      'with a directory that starts elsewhere',
      writeZip([a, b], { directoryOffset: 3 }),
      'ZIP_MALFORMED',
      /directory/,
    ],
    ['with a directory of another size', writeZip([a, b], { directorySize: 4 }), 'ZIP_MALFORMED'],
    ['with a directory of 4 GiB', writeZip([a, b], { directorySize: 0xffffffff }), 'ZIP_MALFORMED'],
    ['in several volumes', writeZip([a, b], { disk: 1 }), 'ZIP_FORBIDDEN', /several/],
    [
      'with a member in another volume',
      writeZip([{ ...a, central: { disk: 1 } }]),
      'ZIP_FORBIDDEN',
      /several/,
    ],
    [
      'with a zip64 count that contradicts',
      writeZip([a, b], { zip64: true, zip64Fields: { entries: 3 } }),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with a zip64 size that contradicts',
      writeZip([a, b], { zip64: true, zip64Fields: { size: 1 } }),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with a zip64 offset that contradicts',
      writeZip([a, b], { zip64: true, zip64Fields: { offset: 0 } }),
      'ZIP_MALFORMED',
      /contradict/,
    ],
    [
      'with a zip64 record elsewhere',
      writeZip([a, b], { zip64: true, zip64Fields: { recordOffset: 0 } }),
      'ZIP_MALFORMED',
      /zip64/,
    ],
    [
      'with a longer zip64 record',
      writeZip([a, b], { zip64: true, zip64Fields: { recordSize: 60 } }),
      'ZIP_MALFORMED',
      /zip64/,
    ],
    [
      'with zip64 in several volumes',
      writeZip([a, b], { zip64: true, zip64Fields: { disks: 2 } }),
      'ZIP_FORBIDDEN',
      /several/,
    ],
    [
      'with a zip64 count of 2^53',
      writeZip([a], { zip64: true, entries: 0xffff, zip64Fields: { entries: 2 ** 53 } }),
      'ZIP_TOO_LARGE',
    ],
    [
      'with zip64 sizes that are missing',
      writeZip([{ ...a, central: { size: 0xffffffff, compressedSize: 0xffffffff } }]),
      'ZIP_MALFORMED',
      /zip64/,
    ],
    ...[
      '/etc/passwd',
      '../up',
      'a/../b',
      './a',
      'a//b',
      'a\\b',
      'C:/x',
      'a\0b',
      'a\nb',
      '',
      '..',
      'x'.repeat(600),
    ].map((name): [string, Buffer, ErrorCode, RegExp?] => [
      `with the name ${JSON.stringify(name.slice(0, 20))}`,
      writeZip([{ ...a, name }, b]),
      'ZIP_FORBIDDEN',
      /name/,
    ]),
  ];
  test.each(cases)('%s', async (_, zip, code, sentence) => {
    await expectRefusal(() => readZip(memoryReader(zip)), code, sentence);
  });

  test.each(descriptors)('with a %s descriptor that contradicts', async (descriptor) => {
    const zip = writeZip([{ ...a, descriptor }, b]);
    const at = zip.indexOf(b.name, zip.indexOf('first') + 150) - 30;
    zip[at - 1]! ^= 1;
    await expectRefusal(() => readZip(memoryReader(zip)), 'ZIP_MALFORMED', /contradict/);
  });

  test('with a name that is not UTF-8', async () => {
    const zip = writeZip([{ ...a, name: 'abcdefghi' }]);
    for (const at of [zip.indexOf('abcdefghi'), zip.lastIndexOf('abcdefghi')]) zip[at] = 0xff;
    await expectRefusal(() => readZip(memoryReader(zip)), 'ZIP_MALFORMED', /UTF-8/);
  });
});

describe('the bytes of a member', () => {
  test.each([false, true])('are refused when their CRC-32 is another (deflated: %s)', async (deflated) => {
    const zip = writeZip([{ ...a, deflated, local: { crc: 5 }, central: { crc: 5 } }]);
    const reader = memoryReader(zip);
    const entry = (await readZip(reader)).get(a.name)!;
    await expectRefusal(() => readEntry(reader, entry, 1000), 'ZIP_MALFORMED', /CRC-32/);
    await expectRefusal(() => forEachChunk(reader, entry, () => {}), 'ZIP_MALFORMED', /CRC-32/);
  });

  test('are refused beyond the limit', async () => {
    const reader = memoryReader(writeZip([a]));
    const entry = (await readZip(reader)).get(a.name)!;
    await expectRefusal(() => readEntry(reader, entry, 199), 'ZIP_TOO_LARGE', /200 bytes; at most 199/);
  });

  test.each([150, 250])('are refused when they inflate to another size than %d', async (size) => {
    const reader = memoryReader(writeZip([{ ...a, deflated: true, local: { size }, central: { size } }]));
    const entry = (await readZip(reader)).get(a.name)!;
    await expectRefusal(() => readEntry(reader, entry, 1000), 'ZIP_MALFORMED', /inflate/);
  });

  test('come in chunks with offsets from the start of the member', async () => {
    const content = Buffer.alloc(2 ** 21 + 5, 'abc');
    for (const deflated of [false, true]) {
      const reader = memoryReader(writeZip([{ name: 'x', content, deflated }]));
      const offsets: number[] = [];
      const chunks: Buffer[] = [];
      await forEachChunk(reader, (await readZip(reader)).get('x')!, (chunk, offset) => {
        offsets.push(offset);
        chunks.push(Buffer.from(chunk));
      });
      expect(offsets).toEqual([0, 2 ** 20, 2 ** 21]);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
    }
  });
});

test('containers of torch, stable-baselines3 and Python are read completely', async () => {
  const folder = new URL('../../fixtures/packages/alpha/', import.meta.url);
  for (const name of readdirSync(folder).filter((file) => /\.(pt|zip)$/.test(file))) {
    const reader = memoryReader(readFileSync(new URL(name, folder)));
    for (const entry of (await readZip(reader)).values()) {
      expect((await readEntry(reader, entry, 10_000_000)).length).toBe(entry.size);
    }
  }
});

test('every mutation is refused or harmless', async () => {
  const good = writeZip(
    [
      { ...a, deflated: true },
      { ...b, descriptor: 'signed' },
      { ...a, name: 'c', localZip64: true },
    ],
    { zip64: true },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(good.length),
      async (edits, length) => {
        const zip = Buffer.from(good.subarray(0, length % 7 === 0 ? length : good.length));
        for (const [at, value] of edits) if (at < zip.length) zip[at] = value;
        const read = await contents(zip).catch((error) => {
          if (error?.name !== 'PaperdeskError') throw error;
          return {};
        });
        for (const content of Object.values(read)) expect(content.length).toBeLessThanOrEqual(1000);
      },
    ),
    { numRuns: 2000 },
  );
});
