import { z } from 'zod';
import { CORE_FEATURE_COUNT, WARM_UP_ROWS } from '../../dimensions.ts';
import { CORE_FEATURES, coreFeatureIndex, coreFeatures } from '../../pipeline/core-features.ts';
import { Comparison } from './comparison.ts';
import { type GoldenKind, goldenCandles, goldenFunding } from './golden-kind.ts';
import { CORE_FEATURE_TOLERANCE } from './tolerances.ts';

const shape = z
  .object({
    candles: goldenCandles,
    funding: goldenFunding,
    columns: z.array(z.enum(CORE_FEATURES)).min(1),
    rows: z.array(z.array(z.number().nullable())),
  })
  .refine(({ candles, rows }) => candles.length === rows.length, {
    error: 'has another number of rows than of candles',
  })
  .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), {
    error: 'has a row of another length than columns',
  })
  .refine(({ rows }) => rows.length > WARM_UP_ROWS, {
    error: `has no row to compare: the first ${WARM_UP_ROWS} are warm-up`,
  });

/** Core features of one window, all complete rows of it. */
export const coreFeaturesKind: GoldenKind = {
  name: 'core features',
  fields: ['columns', 'rows'],
  async compare(content) {
    const golden = shape.parse(content);
    const features = coreFeatures(golden.candles, golden.funding);
    const comparison = new Comparison();
    golden.columns.forEach((name, column) => {
      const index = coreFeatureIndex(name);
      for (let row = WARM_UP_ROWS; row < golden.rows.length; row++) {
        comparison.numbers(
          name,
          [features[row * CORE_FEATURE_COUNT + index]!],
          [golden.rows[row]![column]!],
          CORE_FEATURE_TOLERANCE,
          `row ${row + 1}`,
        );
      }
    });
    const rows = golden.rows.length - WARM_UP_ROWS;
    return { title: `core features, ${rows} rows`, measures: comparison.measures() };
  },
};
