import { expect, test } from 'vitest';
import type { SystemAnswer } from '../../../src/http/system/schema.ts';
import { retryDelay } from '../../../src/web/data/retry-delay.ts';
import { factorModelsHeadline } from '../../../src/web/views/factor-models/headline.ts';
import type { FactorModel } from '../../../src/web/views/factor-models/use-factor-models.ts';
import { systemHeadline } from '../../../src/web/views/system/headline.ts';

type Account = SystemAnswer['accounts'][number];

const READY = { ready: true, scope: 'node', detail: '' } as const;
const PARTS = { market: READY, inference: READY, default_package: READY, database: READY };

const accounts = (...loops: readonly Account['loop'][]) => loops.map((loop) => ({ loop }) as Account);

test.each([
  [PARTS, [], 'The service works: all 4 parts are ready, no account yet.'],
  [PARTS, accounts('polling', 'none'), 'The service works: all 4 parts are ready, 1 of 2 accounts trades.'],
  [PARTS, accounts('polling', 'silent'), 'The service works, but 1 of 2 accounts lost its loop.'],
  [{ ...PARTS, market: { ...READY, ready: false } }, accounts('silent'), 'Not ready: market.'],
] as const)('the system view says whether the service works', (parts, list, sentence) => {
  expect(systemHeadline({ parts, accounts: [...list] })).toBe(sentence);
});

test('the list of factor models says what is registered', () => {
  const model = (symbol_count: number, warnings: string[]) =>
    ({ symbol_count, warnings }) as unknown as FactorModel;
  expect(factorModelsHeadline([])).toBe('No directory of factor models is registered yet.');
  expect(factorModelsHeadline([model(3, []), model(1, ['x'])])).toBe(
    '2 factor models for 4 symbols, 1 with warnings.',
  );
});

test('the service is tried again after 2, 4, 8, then every 15 s', () => {
  expect([1, 2, 3, 4, 5].map(retryDelay)).toEqual([2000, 4000, 8000, 15_000, 15_000]);
});
