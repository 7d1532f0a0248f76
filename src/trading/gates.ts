import { PaperdeskError } from '../errors.ts';
import type { PaperAccount } from './account.ts';
import type { GateReason } from './decision-record.ts';

/**
 * Why a poll takes no decision (paper.md#13). A recorded gate becomes the row of the candle, unless a later poll decides
 * on it (paper.md#9).
 */
export type Gate =
  | { readonly reason: GateReason; readonly sentence: string; readonly isRecorded: true }
  | {
      readonly reason: GateReason | 'DECIDED' | 'MISSED';
      readonly sentence: string;
      readonly isRecorded: false;
    };

/** The state of the package that decides for an account. */
export interface PackageState {
  readonly status: 'UPLOADED' | 'READY' | 'ARCHIVED';
  readonly warmUpStatus: 'PENDING' | 'RUNNING' | 'DONE' | 'ERROR';
  readonly warmUpError: string | undefined;
}

/** What is known at a poll before the market is read. */
export interface PollFacts {
  /** Close time of the newest closed decision candle, ms. */
  readonly asOf: number;
  /** Null for an account that never had a package. */
  readonly model: PackageState | 'DELETED' | null;
  /** Whether the poll sends a signal of its own. */
  readonly hasSignal: boolean;
  /** Why closed candles before `asOf` are missing; null if the exchange gave no error. */
  readonly marketFailure?: string | null;
}

/** The first gate of account, package and candle at a poll, in the order of paper.md#13; null if there is none. */
export function gateOf(account: PaperAccount, poll: PollFacts): Gate | null {
  return (
    behindGate(account, poll) ??
    accountGate(account, poll.model, poll.hasSignal) ??
    candleGate(account, poll.asOf)
  );
}

function behindGate({ id, nextCandle }: PaperAccount, { asOf, marketFailure }: PollFacts): Gate | null {
  if (nextCandle >= asOf) return null;
  return tooEarly(
    `${id} has closed candles to execute before anything is decided: ${marketFailure ?? 'they are not complete yet'}`,
  );
}

/** The first gate that does not depend on the candle; null if there is none. */
export function accountGate(
  { status }: Pick<PaperAccount, 'status'>,
  model: PollFacts['model'],
  hasSignal: boolean,
): Gate | null {
  if (status === 'KILLED')
    return recordedGate('KILLED', 'The kill switch stopped this account; reset it to trade again.');
  if (status === 'PAUSED') return recordedGate('PAUSED', 'The account is paused; its exits continue.');
  if (model === 'DELETED')
    return recordedGate(
      'NO_MODEL',
      'The package of the account was deleted: nothing is decided, exits continue.',
    );
  if (model === null && !hasSignal)
    return recordedGate('NO_MODEL', 'The account has no package; it takes external signals only.');
  if (model?.status === 'ARCHIVED')
    return recordedGate('ARCHIVED', 'The package is archived: nothing is decided, exits continue.');
  if (model !== null && model.warmUpStatus !== 'DONE') return recordedGate('WARMUP', warmUpSentence(model));
  return null;
}

function warmUpSentence({ warmUpStatus, warmUpError }: PackageState): string {
  return warmUpStatus === 'ERROR'
    ? `The warm-up of the package failed, so nothing is traded: ${warmUpError}`
    : `The warm-up of the package is ${warmUpStatus}; nothing is traded until it is DONE.`;
}

function candleGate({ lastDecision, nextCandle }: PaperAccount, asOf: number): Gate | null {
  if (lastDecision?.asOf === asOf && lastDecision.decided)
    return unrecordedGate('DECIDED', `The candle that closed at ${iso(asOf)} is decided.`);
  if (nextCandle > asOf) {
    return unrecordedGate('MISSED', tradedBeyond(asOf));
  }
  return null;
}

/** Why nothing is decided on a candle whose orders would have been filled before the last trade. @param asOf ms */
export function tradedBeyond(asOf: number): string {
  return `The account has traded beyond ${iso(asOf)}, when an order of that candle would have been filled.`;
}

/** The newest closed decision candles of a symbol, with the facts that gates depend on. */
interface WindowState {
  readonly symbol: string;
  /** When the newest candle closed, ms. */
  readonly closeTime: number;
  readonly validity: { readonly reason: 'STALE' | 'GAP' | null; readonly detail: string };
}

/** The gate of a candle window that should end with the candle that closed at `asOf` (ms). */
export function windowGate({ symbol, closeTime, validity }: WindowState, asOf: number): Gate | null {
  if (validity.reason !== null) return recordedGate(validity.reason, validity.detail);
  if (closeTime === asOf) return null;
  return tooEarly(`The candle of ${symbol} that closed at ${iso(asOf)} is not known yet.`);
}

/**
 * The gate of a missing fill price.
 * @param fillPrice undefined if it is not known yet, null if the exchange has no intrabar candle at `asOf` (ms)
 */
export function fillPriceGate(symbol: string, asOf: number, fillPrice: null | undefined): Gate {
  return fillPrice === null
    ? recordedGate('GAP', `The intrabar candle of ${symbol} that opens at ${iso(asOf)} is missing.`)
    : tooEarly(`The price of ${symbol} at ${iso(asOf)}, where an order would be filled, is not known yet.`);
}

/** The gate of a past decision candle without all of its intrabar candles (paper.md#28). */
export const MISSING_INTRABAR_GATE = recordedGate(
  'GAP',
  'Nothing opens in a candle without all of its intrabar candles.',
);

/** Codes of a model that gives no answer. */
const INFERENCE_FAULTS: ReadonlySet<string> = new Set([
  'INFERENCE_UNAVAILABLE',
  'INFERENCE_DIED',
  'FORECAST_TOO_SLOW',
  'MODEL_LOAD_FAILED',
]);

/**
 * The gate that an error of the exchange or of inference becomes.
 * @throws the error, if it is another one
 */
export function gateOfError(error: unknown): Gate {
  if (error instanceof PaperdeskError) {
    if (error.code === 'MARKET_UNAVAILABLE' || error.code === 'SYMBOL_UNKNOWN')
      return recordedGate('STALE', error.message);
    if (INFERENCE_FAULTS.has(error.code)) return recordedGate('NO_MODEL', error.message);
  }
  throw error;
}

export function isGate(value: object): value is Gate {
  return 'isRecorded' in value;
}

export function recordedGate(reason: GateReason, sentence: string): Gate {
  return { reason, sentence, isRecorded: true };
}

function unrecordedGate(reason: Gate['reason'], sentence: string): Gate {
  return { reason, sentence, isRecorded: false };
}

function tooEarly(sentence: string): Gate {
  return unrecordedGate('STALE', sentence);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
