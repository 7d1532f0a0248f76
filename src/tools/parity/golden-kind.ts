import { z } from 'zod';
import type { Candle, FundingRate } from '../../candle.ts';
import type { Measure } from '../../decisions/proof/comparison.ts';
import type { InferenceEngine } from '../../models/engine.ts';

/** What a comparison needs. */
export interface ParityTools {
  /** Folder with a folder for each package. */
  readonly packages: string;
  /** Starts at its first use. */
  readonly engine: Pick<InferenceEngine, 'forecast' | 'act'>;
}

/** The result for one golden file. */
export interface ParityResult {
  readonly title: string;
  readonly measures: readonly Measure[];
}

/** A kind of golden file. */
export interface GoldenKind {
  readonly name: string;
  /** Top-level fields that only this kind has among those after it. */
  readonly fields: readonly string[];
  /**
   * Computes the content of the file and compares it.
   * @throws ZodError when the file has another shape, PaperdeskError when the package cannot be used
   */
  compare(content: unknown, tools: ParityTools): Promise<ParityResult>;
}

const NOT_ASCENDING = 'must be in strictly ascending time';

/** [open time, open, high, low, close, volume], in ascending time. */
export const goldenCandles = z
  .array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]))
  .min(1)
  .refine(isAscending, { error: NOT_ASCENDING })
  .transform((rows): Candle[] =>
    rows.map(([openTime, open, high, low, close, volume]) => ({ openTime, open, high, low, close, volume })),
  );

/** [time, rate], in ascending time. */
export const goldenFunding = z
  .array(z.tuple([z.number(), z.number()]))
  .refine(isAscending, { error: NOT_ASCENDING })
  .transform((rows): FundingRate[] => rows.map(([time, rate]) => ({ time, rate })));

function isAscending(rows: readonly (readonly [number, ...number[]])[]): boolean {
  return rows.every((row, i) => i === 0 || row[0] > rows[i - 1]![0]);
}
