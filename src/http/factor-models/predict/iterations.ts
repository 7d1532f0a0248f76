import { PaperdeskError } from '../../../errors.ts';
import type { ModelFacts } from '../../../factor-models/factor-group.ts';
import type { IterationRange } from '../../../factor-models/scoring.ts';

/**
 * The iterations of a prediction: those of the request, else those that the `predict` of what was saved uses
 * (factor-models.md#36).
 * @throws FACTOR_ROWS_INVALID for iterations that the model does not have
 */
export function iterationsOf(
  range: readonly [number, number] | undefined,
  key: string,
  { iterations, iterationsUsed }: ModelFacts,
): IterationRange {
  const [begin, end] = range ?? [0, 0];
  if (begin === 0 && end === 0) return { begin: 0, end: iterationsUsed };
  if (begin < end && end <= iterations) return { begin, end };
  const has =
    iterations === 0
      ? 'is linear and has no trees'
      : `has ${iterations} iterations, [0, ${iterations}] in all`;
  throw new PaperdeskError(
    'FACTOR_ROWS_INVALID',
    `The iteration_range [${begin}, ${end}] does not fit the model of ${key}, which ${has}.`,
  );
}
