import { MINUTE_MS } from '../candle.ts';
import { DIRECTION_THRESHOLD } from '../pipeline/decode-action.ts';
import type { PaperAccount } from './account.ts';
import type { DecisionReason, DecisionRecord } from './decision-record.ts';
import { type PackageState, tradedBeyond } from './gates.ts';

/** What an account decides now, or why it does not. */
export type PresentCode = DecisionReason | 'OPENED' | 'UNDECIDED';

/** The present decision of an account as one sentence: signal, number, threshold, consequence. */
export interface PresentDecision {
  readonly code: PresentCode;
  readonly sentence: string;
  /** What the policy answered, -1..1; null without a policy's answer. */
  readonly direction: number | null;
  /** The direction from which on a signal is no longer flat, with the sign of the nearer side. */
  readonly threshold: number;
  /** Percent of sampled actions that have the direction of the signal, or the confidence of an external signal. */
  readonly agreement: number | null;
  /** Close time of the candle that it is about, ms. */
  readonly asOf: number;
}

/** What the package says on the newest candle. */
export interface PresentSignal {
  readonly direction: 'LONG' | 'SHORT' | 'FLAT';
  readonly value: number;
  /** 0..100. */
  readonly confidence: number;
}

/** Times in ms. */
export interface PresentFacts {
  readonly account: Pick<PaperAccount, 'status' | 'epoch' | 'lots' | 'settings' | 'pipeline'>;
  /** When the status last changed; null if unknown. */
  readonly statusAt: number | null;
  /** Null for an account without a package. */
  readonly model: PackageState | null;
  /** The newest row of the account; rows of earlier epochs do not count. */
  readonly row: DecisionRecord | null;
  /** What the package says now; null if it cannot say anything. */
  readonly signal: PresentSignal | null;
  /** Whether the account has traded beyond the newest candle without deciding on it. */
  readonly hasTradedBeyond: boolean;
  /** When the newest known decision candle closed; null without one. */
  readonly newestClose: number | null;
  /** When the newest decision candle that is due closed. */
  readonly asOf: number;
  readonly now: number;
  /** The newest candle is stale when it closed longer ago than this. */
  readonly staleAfterMs: number;
}

type Words = Pick<PresentDecision, 'code' | 'sentence'>;

/** The sentence about what an account does now; the first rule that applies (paper.md#13). */
export function presentDecision(facts: PresentFacts): PresentDecision {
  const { account, signal, asOf } = facts;
  const row = facts.row?.epoch === account.epoch ? facts.row : null;
  const isCurrent = row?.asOf === asOf;
  const value = (isCurrent ? directionOf(row) : null) ?? signal?.value ?? null;
  const words =
    ofStatus(facts) ??
    (isCurrent && row.decided ? ofRow(row, value, facts) : null) ??
    (facts.hasTradedBeyond ? { code: 'MISSED', sentence: `Not deciding: ${tradedBeyond(asOf)}` } : null) ??
    (isCurrent ? ofRow(row, value, facts) : null) ??
    ofMarket(facts) ??
    ofMissed(row, facts) ??
    ofSignal(facts);
  return {
    ...words,
    direction: value,
    threshold: (value ?? 0) < 0 ? -DIRECTION_THRESHOLD : DIRECTION_THRESHOLD,
    agreement: (isCurrent ? row.confidence : null) ?? signal?.confidence ?? null,
    asOf: words.code === 'MISSED' && !facts.hasTradedBeyond && row !== null ? row.asOf : asOf,
  };
}

function ofStatus({ account, statusAt, model, now }: PresentFacts): Words | null {
  const { status, settings } = account;
  if (status === 'KILLED') {
    const level = `${Math.round(settings.killLevel * 100)} %`;
    return { code: 'KILLED', sentence: `Killed: equity fell below ${level} of the start.` };
  }
  if (status === 'PAUSED') {
    const since = statusAt === null ? '' : ` since ${timeText(statusAt, now)}`;
    return { code: 'PAUSED', sentence: `Paused${since}. Exits still work.` };
  }
  if (model?.status === 'ARCHIVED')
    return { code: 'ARCHIVED', sentence: 'Archived: nothing is decided. Exits still work.' };
  if (model === null || model.warmUpStatus === 'DONE') return null;
  return {
    code: 'WARMUP',
    sentence:
      model.warmUpStatus === 'ERROR'
        ? `Waiting: the warm-up failed. ${model.warmUpError ?? ''}`.trim()
        : 'Waiting: the warm-up of the package is not done.',
  };
}

/** A row of the newest candle. */
function ofRow(row: DecisionRecord, value: number | null, facts: PresentFacts): Words {
  const { reason } = row;
  if (!row.decided) return ofUndecidedRow(row, facts);
  const says = saying(row.signal ?? 'FLAT', value, row.confidence);
  if (reason === null) return { code: 'OPENED', sentence: `${says}. ${openingOf(row)}` };
  if (reason === 'FLAT') return { code: reason, sentence: flatSentence(value) };
  const { account } = facts;
  const but: Readonly<Record<string, string>> = {
    MAX_POSITIONS: `${account.lots.length} of ${account.settings.maxPositions} lots are open`,
    EXPOSURE: 'margins may take 10 % of the equity, and too little of that is left',
    MIN_SIZE: 'the margin would not be more than 1 USDT',
    BALANCE: 'margin and fee are more than the free balance',
    OPPOSITE: 'lots of the other side are open, and the account holds them',
    LOW_CONFIDENCE: `a lot needs a confidence of ${account.settings.minConfidence}`,
  };
  const closed = row.action === 'CLOSE' ? ' The other side was closed.' : '';
  return { code: reason, sentence: `${says}, but ${but[reason] ?? reason}.${closed}` };
}

function ofUndecidedRow({ reason, sentences }: DecisionRecord, facts: PresentFacts): Words {
  if (reason === 'STALE' && facts.newestClose !== null && isStale(facts)) return staleWords(facts);
  return { code: reason ?? 'UNDECIDED', sentence: `Not deciding: ${sentences[0] ?? reason}` };
}

function ofMarket(facts: PresentFacts): Words | null {
  return isStale(facts) ? staleWords(facts) : null;
}

function isStale({ newestClose, now, staleAfterMs }: PresentFacts): boolean {
  return newestClose !== null && now - newestClose > staleAfterMs;
}

function staleWords({ newestClose, now }: PresentFacts): Words {
  const minutes = Math.floor((now - (newestClose ?? now)) / MINUTE_MS);
  return { code: 'STALE', sentence: `Not deciding: the newest candle is ${minutes} minutes old.` };
}

/** The candle before this one was missed, and this one is not decided yet. */
function ofMissed(row: DecisionRecord | null, { account, asOf, now }: PresentFacts): Words | null {
  if (row?.reason !== 'MISSED' || row.asOf !== asOf - account.pipeline.decisionMs) return null;
  const candle = timeText(row.asOf, now);
  return { code: 'MISSED', sentence: `Missed: no poll came while the candle of ${candle} could be traded.` };
}

function ofSignal({ signal, asOf, now }: PresentFacts): Words {
  const pending = `nothing is decided on the candle of ${timeText(asOf, now)} yet`;
  if (signal === null) return { code: 'UNDECIDED', sentence: `Waiting: ${pending}.` };
  if (signal.direction === 'FLAT') return { code: 'UNDECIDED', sentence: flatSentence(signal.value) };
  const says = saying(signal.direction, signal.value, signal.confidence);
  return { code: 'UNDECIDED', sentence: `${says}, but ${pending}.` };
}

function directionOf({ evidence }: DecisionRecord): number | null {
  const value = evidence?.rawAction[0];
  return value === undefined ? null : Math.min(1, Math.max(-1, value));
}

function saying(signal: PresentSignal['direction'], value: number | null, confidence: number | null): string {
  const side = { LONG: 'Long', SHORT: 'Short', FLAT: 'Flat' }[signal];
  if (value !== null) return `${side}: direction ${directionText(value)}`;
  return confidence === null ? side : `${side}: a signal of confidence ${confidence}`;
}

function flatSentence(value: number | null): string {
  if (value === null) return 'Flat: the signal is flat.';
  const needs =
    value < 0 ? `a short needs ${signed(-DIRECTION_THRESHOLD, 2)}` : `a long needs ${DIRECTION_THRESHOLD}`;
  return `Flat: direction ${directionText(value)}, ${needs}.`;
}

function openingOf({ order, action }: DecisionRecord): string {
  const turned = action === 'FLIP' ? 'Closed the other side and opened' : 'Opened';
  if (order === null) return `${turned} a lot.`;
  const size = Math.round(order.notional).toLocaleString('en-US');
  return `${turned} a lot of ${size} USDT at ${order.leverage}x.`;
}

/** Two decimals, or as many as tell a direction from the threshold. */
function directionText(value: number): string {
  const isThreshold = (digits: number) =>
    Math.abs(value).toFixed(digits) === DIRECTION_THRESHOLD.toFixed(digits);
  const digits = [2, 3, 4].find((count) => !isThreshold(count)) ?? 4;
  return signed(value, digits);
}

/** With the sign of print for minus. */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

/** `16:30`, or `25 Nov 16:30` on another day, in UTC. */
function timeText(time: number, now: number): string {
  const iso = new Date(time).toISOString();
  const clock = iso.slice(11, 16);
  if (iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10)) return clock;
  const month = new Date(time).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
  return `${Number(iso.slice(8, 10))} ${month} ${clock}`;
}
