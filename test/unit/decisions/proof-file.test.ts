// promise: docs/security.md "A list is checked up to its first wrong item"
// promise: docs/security.md "every byte of an uploaded file"

import { expect, test } from 'vitest';
import { readProof } from '../../../src/decisions/proof/proof-file.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const { forecastCandles, decisionMs } = DEFAULT_PIPELINE;
const candles = Array.from({ length: forecastCandles }, (_, index) => [index * decisionMs, 1, 2, 0.5, 1, 3]);
const read = (text: string) => readProof(memoryReader(Buffer.from(text)), DEFAULT_PIPELINE);
const textOf = (cases: string) => `{"format":"paperdesk-proof/1","cases":${cases}}`;
const many = (item: string, count: number) => `[${Array.from({ length: count }, () => item).join()}]`;

test('a proof of candles alone is read', async () => {
  const cases = await read(textOf(JSON.stringify([{ candles, funding: [[0, 0.0001]] }])));
  expect(cases).toHaveLength(1);
  expect(cases[0]).toMatchObject({
    candles: { length: forecastCandles },
    funding: [{ time: 0, rate: 0.0001 }],
    features: undefined,
  });
});

const HOSTILE: readonly (readonly [name: string, text: string, code: ErrorCode, sentence: RegExp])[] = [
  ['no cases', textOf('[]'), 'PROOF_INVALID', /cases must have a case/],
  ['101 cases', textOf(many('{}', 101)), 'PROOF_INVALID', /cases Too big/],
  [
    'a number as text',
    textOf('[{"candles":[[0,"NaN",1,1,1,1]]}]'),
    'PROOF_INVALID',
    /cases\.0\.candles\.0\.1 /,
  ],
  ['an infinite number', textOf('[{"candles":[[0,1e999,1,1,1,1]]}]'), 'PROOF_INVALID', /candles\.0\.1 /],
  // Each of these once made an error for every item, which ended in one of the runtime.
  [
    '300,000 features that are text',
    textOf(`[{"candles":[],"features":${many('""', 300_000)}}]`),
    'PROOF_INVALID',
    /cases\.0\.features Too big/,
  ],
  [
    '300,000 quantiles that are empty',
    textOf(`[{"candles":[],"quantiles":${many('[]', 300_000)}}]`),
    'PROOF_INVALID',
    /cases\.0\.quantiles Too big/,
  ],
  [
    '300,000 funding rates that are empty',
    textOf(`[{"candles":[],"funding":${many('[]', 300_000)}}]`),
    'PROOF_INVALID',
    /cases\.0\.funding Too big/,
  ],
  ['600,000 empty lists', textOf(many('[]', 600_000)), 'JSON_MALFORMED', /500000 lists and objects/],
  ['lists nested 600,000 deep', '['.repeat(600_000), 'JSON_MALFORMED', /500000 lists and objects/],
  [
    '200,000 fields',
    `{${Array.from({ length: 200_000 }, (_, index) => `"${index}":0`).join()}}`,
    'JSON_MALFORMED',
    /100000 fields/,
  ],
];

test.each(HOSTILE)('%s: the proof is refused with one sentence', async (_, text, code, sentence) => {
  await expectRefusal(() => read(text), code, sentence);
});
