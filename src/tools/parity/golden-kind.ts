import { z } from 'zod';
import type { Candle, FundingRate } from '../../candle.ts';
import type { InferenceEngine } from '../../models/engine.ts';
import type { Measure } from './comparison.ts';

/** What comparing a golden file may need. */
export interface ParityTools {
  /** The folder in which packages are looked for, each in a folder of its name. */
  readonly packages: string;
  /** Computes with the models; started at its first use. */
  readonly engine: Pick<InferenceEngine, 'forecast' | 'act'>;
}

/** What came of one golden file. */
export interface ParityResult {
  /** What was compared, in a few words. */
  readonly title: string;
  readonly measures: readonly Measure[];
}

/** A kind of golden file: how it is told from others, and how ours is compared with it. */
export interface GoldenKind {
  readonly name: string;
  /** Top-level fields that a file of this kind has and others have not. */
  readonly fields: readonly string[];
  /**
   * Computes what the file holds and compares.
   * @throws ZodError when the file is not of the shape its kind has, PaperdeskError when a package cannot be used
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
