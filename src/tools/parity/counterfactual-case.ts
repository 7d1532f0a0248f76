import { z } from 'zod';
import { createRandomEntries, randomEntrySeed } from '../../statistics/random-entries.ts';
import { goldenCase } from './golden-case.ts';

const count = z.number().int().nonnegative();

const shape = z.object({
  symbol: z.string(),
  from_ms: z.number(),
  k: count,
  /** Draws to make. */
  candles: count,
  decided: count,
  entries: count,
  longs: count,
});

/** How many draws are compared one by one. */
const FIRST = 60;

/** Random entries (statistics.md#72). */
export const counterfactualCase = goldenCase(
  {
    name: 'counterfactual',
    fields: ['symbol', 'from_ms', 'k', 'decided', 'entries', 'longs'],
    toleranceOf: () => undefined,
  },
  shape,
  ({ symbol, from_ms, k, candles, ...counts }) => {
    const draw = createRandomEntries(randomEntrySeed(symbol, from_ms, k), counts);
    const draws = Array.from({ length: candles }, draw);
    const entries = draws.filter((entry) => entry !== null);
    return {
      first: draws.slice(0, FIRST).map((entry) => entry && [entry.side, entry.original]),
      entries: entries.length,
      longs: entries.filter(({ side }) => side === 'LONG').length,
    };
  },
);
