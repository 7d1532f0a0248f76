import { z } from 'zod';
import { snakeKeys } from '../../runtime/key-case.ts';
import { bootstrapIntervals } from '../../statistics/bootstrap.ts';
import { seededRandom } from '../../statistics/random.ts';
import { blockLength, StationaryDraws } from '../../statistics/stationary-draws.ts';
import { goldenCase } from './golden-case.ts';
import { DISTRIBUTION_TOLERANCE } from './tolerances.ts';

const count = z.int().positive().max(1_000_000);
const exact = () => undefined;

/** Numbers in [0, 1) of a seed. */
const randomCase = goldenCase(
  { name: 'random numbers', fields: ['seed', 'count'], toleranceOf: exact },
  z.object({ kind: z.literal('random'), seed: z.string(), count }),
  ({ seed, count: numbers }) => {
    const random = seededRandom(seed);
    return { numbers: Array.from({ length: numbers }, random) };
  },
);

/** The days of the first draws. */
const positionsCase = goldenCase(
  { name: 'positions', fields: ['days', 'seed', 'draws'], toleranceOf: exact },
  z.object({ kind: z.literal('positions'), days: count, seed: z.string(), draws: count }),
  ({ days, seed, draws }) => {
    const drawn = new StationaryDraws(days, seed);
    const positions = Array.from({ length: draws }, () => {
      const draw = new Uint32Array(days);
      drawn.next(draw);
      return [...draw];
    });
    return { block: blockLength(days), positions };
  },
);

const intervalsCase = goldenCase(
  {
    name: 'intervals',
    fields: ['returns', 'seed'],
    toleranceOf: (path) => (path === 'block' ? undefined : DISTRIBUTION_TOLERANCE),
  },
  z.object({ kind: z.literal('intervals'), returns: z.array(z.number()).min(1), seed: z.string() }),
  async ({ returns, seed }) => snakeKeys(await bootstrapIntervals(returns, seed, async () => {})),
);

export const bootstrapCases = [randomCase, positionsCase, intervalsCase];
