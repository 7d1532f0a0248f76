import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { type ByteReader, memoryReader } from '../../../src/formats/byte-reader.ts';
import { readPolicy } from '../../../src/formats/sb3/sb3.ts';
import { readScaler } from '../../../src/formats/sklearn/sklearn.ts';
import { readForecaster } from '../../../src/formats/torch/forecaster-file.ts';
import { checkWeightsFinite, readStateDict, readTensor } from '../../../src/formats/torch/torch.ts';
import { readEntry, readZip } from '../../../src/formats/zip/zip.ts';
import { writePolicy } from '../../helper/sb3-writer.ts';
import { patchTst, writeTorch } from '../../helper/torch-writer.ts';
import { writeZip } from '../../helper/zip-writer.ts';

const fixture = (path: string) => readFileSync(new URL(`../../fixtures/formats/${path}`, import.meta.url));

async function readAll(reader: ByteReader): Promise<void> {
  for (const tensor of (await readStateDict(reader)).values()) {
    if (tensor.dtype.includes('float')) await readTensor(reader, tensor);
  }
}

async function readAndCheck(reader: ByteReader): Promise<void> {
  await checkWeightsFinite(reader, (await readForecaster(reader)).weights);
}

/** One change to a file: bytes overwritten, taken out, put in twice, or the rest cut off. */
type Edit = readonly ['set' | 'remove' | 'repeat' | 'cut', at: number, value: number];

const edits = fc.array(
  fc.tuple(
    fc.constantFrom<Edit[0]>('set', 'set', 'set', 'set', 'remove', 'repeat', 'cut'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    // Bytes that mean something to pickle and zip, and any other.
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(...Buffer.from('(.0tR\x81b}]ueshqK\x94\x93\x86\x00\xff', 'latin1')),
    ),
  ),
  { minLength: 1, maxLength: 5 },
);

function edit(file: Buffer, changes: readonly Edit[]): Buffer {
  let changed = Buffer.from(file);
  for (const [kind, where, value] of changes) {
    const at = Math.min(Math.floor(where * file.length), changed.length - 1);
    if (at < 0) break;
    const [before, after] = [changed.subarray(0, at), changed.subarray(at + (kind === 'set' ? 1 : 0))];
    if (kind === 'set') changed = Buffer.concat([before, Buffer.from([value]), after]);
    else if (kind === 'remove') changed = Buffer.concat([before, after.subarray(1 + (value % 8))]);
    else if (kind === 'repeat') changed = Buffer.concat([before, after.subarray(0, value), after]);
    else changed = before;
  }
  return changed;
}

const files: [string, Buffer, (reader: ByteReader) => Promise<unknown>][] = [
  ['pickle_0.pkl', fixture('sklearn/pickle_0.pkl'), readScaler],
  ['pickle_2.pkl', fixture('sklearn/pickle_2.pkl'), readScaler],
  ['pickle_5.pkl', fixture('sklearn/pickle_5.pkl'), readScaler],
  ['names_joblib.pkl', fixture('sklearn/names_joblib.pkl'), readScaler],
  ['joblib_zlib.pkl', fixture('sklearn/joblib_zlib.pkl'), readScaler],
  ['expected.json', fixture('sklearn/expected.json'), readScaler],
  ['checkpoint.pt', fixture('torch/checkpoint.pt'), readAll],
  ['views.pt', fixture('torch/views.pt'), readAll],
  ['forecaster', writeTorch(patchTst()), readAndCheck],
  ['policy', writePolicy(), readPolicy],
];

async function expectAnswerOrRefusal(read: () => Promise<unknown>): Promise<void> {
  const error = await read().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !(error instanceof PaperdeskError)) throw error;
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

describe('every mutation of a good file is refused or harmless', () => {
  test.each(files)('%s', async (_, file, read) => {
    await fc.assert(
      fc.asyncProperty(edits, (changes) =>
        expectAnswerOrRefusal(() => read(memoryReader(edit(file, changes)))),
      ),
      { numRuns: 400 },
    );
  });

  // A change inside a zip rarely gets past its CRC-32: these are packed again.
  test.each(['checkpoint.pt', 'views.pt', 'protocol_4.pt'])('the pickle inside %s', async (name) => {
    const members = await unpack(fixture(`torch/${name}`));
    await fc.assert(
      fc.asyncProperty(edits, (changes) => {
        const changed = members.map(({ name, content }) => ({
          name,
          content: name.endsWith('/data.pkl') ? edit(content, changes) : content,
        }));
        return expectAnswerOrRefusal(() => readAll(memoryReader(writeZip(changed))));
      }),
      { numRuns: 600 },
    );
  });
});

async function unpack(file: Buffer): Promise<{ name: string; content: Buffer }[]> {
  const reader = memoryReader(file);
  const members: { name: string; content: Buffer }[] = [];
  for (const entry of (await readZip(reader)).values()) {
    members.push({ name: entry.name, content: Buffer.from(await readEntry(reader, entry, entry.size)) });
  }
  return members;
}
