import type { z } from 'zod';
import type { CurveOwner } from '../../statistics/equity-curves.ts';

/** A live account or a replay. Times in ms. */
export interface RecordOwner extends CurveOwner {
  /** The range of its equity curve, unless a request names another. */
  readonly from: number;
  readonly to: number;
  /** What open lots are marked at; null if it is unknown. */
  readonly price: () => Promise<number | null>;
}

/** The records that have a list. */
export type RecordName = 'equity' | 'trades' | 'positions' | 'ledger' | 'decisions' | 'directions' | 'marks';

/** Whose records are served, and where. */
export interface RecordSource {
  readonly url: (record: RecordName) => string;
  readonly tags: string[];
  /** The parameters of its URLs; the output is the id of the account or replay. */
  readonly params: z.ZodType<string>;
  readonly foreignPages?: 'refused';
  /** Ends the summaries of the routes. */
  readonly owner: string;
  readonly ownerOf: (id: string) => Promise<RecordOwner>;
}
