import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { ReplayOrder, ReplayResults } from '../../replays/replay-job.ts';
import type { ReplayProgress } from '../../replays/replay-run-repository.ts';
import { PROJECT_ROOT } from '../../runtime/project-root.ts';
import type { PaperAccount } from '../../trading/account.ts';
import type { DecisionRecord } from '../../trading/decision-record.ts';
import type { LedgerLine } from '../../trading/ledger.ts';
import type { ClosedLot } from '../../trading/lot.ts';
import type { EquityPoint } from '../../trading/outcome.ts';

/** Made by scripts/make-demo-history.ts. */
export const HISTORY_FILE = join(PROJECT_ROOT, 'recording', 'demo-history.br');

/** The id of the replay in the file; the store gives it another one. */
export const HISTORY_ID = 'replay_demo';

/** A replay of the example pair over the recording, and what it was on each day of the last week. */
export interface DemoHistory {
  /** Times of the recording that the file has, ms: every integer from one to the other is such a time. */
  readonly range: { readonly from: number; readonly to: number };
  /** Without the end of its range. */
  readonly order: Omit<ReplayOrder, 'to'>;
  readonly lines: readonly LedgerLine[];
  readonly closed: readonly ClosedLot[];
  readonly decisions: readonly DecisionRecord[];
  readonly equity: readonly EquityPoint[];
  readonly ends: readonly HistoryEnd[];
  /** Some of the forecasts: little-endian float32 in base64. */
  readonly forecasts: readonly { readonly asOf: number; readonly quantiles: string }[];
}

/** The replay as it ends on one midnight. */
export interface HistoryEnd {
  readonly to: number;
  readonly account: PaperAccount;
  readonly progress: ReplayProgress;
  /** Its performance is computed from the records. */
  readonly results: Omit<ReplayResults, 'performance'>;
}

/** Fields whose texts contain the id of the replay, and times of the recording. */
const ID_FIELDS = new Set(['id', 'accountId', 'lotId', 'key']);
const TIMES_IN_IDS = /\b\d{13}\b/g;
/** Fields with float32 numbers of the models. The file has as many digits of them as tell them apart. */
const FLOAT32_FIELDS = new Set(['low', 'mid', 'high', 'rawAction']);

/**
 * Reads the history of the demo.
 * @param id of the replay in the store
 * @param movedByMs by how much the recording is moved in time
 */
export async function readDemoHistory(id: string, movedByMs: number): Promise<DemoHistory> {
  const bytes = await promisify(brotliDecompress)(await readFile(HISTORY_FILE));
  const text = bytes.toString('utf8');
  const { range } = JSON.parse(text) as DemoHistory;
  const moved = (time: number) => (time >= range.from && time <= range.to ? time + movedByMs : time);
  return JSON.parse(text, (field, value) => {
    if (FLOAT32_FIELDS.has(field)) return Array.isArray(value) ? value.map(Math.fround) : Math.fround(value);
    if (typeof value === 'number') return Number.isInteger(value) ? moved(value) : value;
    if (typeof value !== 'string' || !ID_FIELDS.has(field)) return value;
    return value.replace(HISTORY_ID, id).replace(TIMES_IN_IDS, (digits) => String(moved(Number(digits))));
  });
}

/** The text of a history, for the file. */
export function textOfHistory(history: DemoHistory): string {
  return JSON.stringify(history, (field, value) => {
    if (!FLOAT32_FIELDS.has(field)) return value;
    return Array.isArray(value) ? value.map(fewestDigits) : fewestDigits(value);
  });
}

/** A number with few digits that is the same float32. */
function fewestDigits(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
