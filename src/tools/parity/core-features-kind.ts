import { z } from 'zod';
import { Comparison } from '../../decisions/proof/comparison.ts';
import { featureNamed } from '../../pipeline/features/catalogue.ts';
import { featureRows, warmUpRowsOf } from '../../pipeline/features/feature-rows.ts';
import { type GoldenKind, goldenCandles, goldenFunding } from './golden-kind.ts';
import { FEATURE_TOLERANCE } from './tolerances.ts';

const shape = z
  .object({
    candles: goldenCandles,
    funding: goldenFunding,
    columns: z.array(z.string()).min(1),
    rows: z.array(z.array(z.number().nullable())),
  })
  .refine(({ candles, rows }) => candles.length === rows.length, {
    error: 'has another number of rows than of candles',
  })
  .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), {
    error: 'has a row of another length than columns',
  });

/** Features of one window, all complete rows of it. */
export const coreFeaturesKind: GoldenKind = {
  name: 'core features',
  fields: ['columns', 'rows'],
  async compare(content) {
    const golden = shape.parse(content);
    const features = golden.columns.map(featureNamed);
    const warmUpRows = warmUpRowsOf(features);
    requireCompleteRow(golden.rows.length, warmUpRows);
    const rows = featureRows(features, golden.candles, golden.funding);
    const comparison = new Comparison();
    golden.columns.forEach((name, column) => {
      for (let row = warmUpRows; row < golden.rows.length; row++) {
        const ours = rows[row * features.length + column]!;
        const theirs = golden.rows[row]![column]!;
        comparison.numbers(name, [ours], [theirs], FEATURE_TOLERANCE, `row ${row + 1}`);
      }
    });
    const compared = golden.rows.length - warmUpRows;
    return { title: `core features, ${compared} rows`, measures: comparison.measures() };
  },
};

/** @throws ZodError */
function requireCompleteRow(rows: number, warmUpRows: number): void {
  z.object({
    rows: z
      .number()
      .min(warmUpRows + 1, { error: `has no row to compare: the first ${warmUpRows} are warm-up` }),
  }).parse({ rows });
}
