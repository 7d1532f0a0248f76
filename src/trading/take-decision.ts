import { accountStateAt, type PaperAccount } from './account.ts';
import type { Mark } from './decision-candle.ts';
import { type DecisionRecord, type NoOrderReason, undecidedRecord } from './decision-record.ts';
import { closeAtMarket } from './execute-candle.ts';
import type { Gate } from './gates.ts';
import { newLot } from './lot.ts';
import { draftOutcome, type Outcome, type OutcomeDraft, openLot, recordDecision } from './outcome.ts';
import { type ProposedLot, proposeOrder } from './propose-order.ts';
import { sentenceOfOpening } from './sentences.ts';
import { type AccountSettings, defaultHoldTime } from './settings.ts';
import { intentOf, type Signal, signalColumns } from './signal.ts';

/** The candle decided on, and where its order is filled; prices in quote currency. */
export interface DecisionMarket extends Mark {
  /** Close time of the candle, ms: the next one opens then. */
  readonly asOf: number;
  /** Open of the intrabar candle that opens at `asOf`. */
  readonly fillPrice: number;
}

/**
 * Decides on a closed candle and fills the order at the open of the next one (paper.md#8).
 * @throws RangeError if the candle is decided or the account's next candle does not open at `asOf`; `gateOf` checks both
 */
export function takeDecision(account: PaperAccount, market: DecisionMarket, signal: Signal): Outcome {
  const { asOf } = market;
  if (account.nextCandle !== asOf || isDecided(account, asOf)) {
    throw new RangeError(
      `${account.id} cannot decide on the candle that closed at ${new Date(asOf).toISOString()} any more.`,
    );
  }
  return draftOutcome(account, (draft) => {
    const filled = fillOrder(draft, market, signal);
    if (filled.reason !== null) draft.sentences.push(NO_ORDER[filled.reason]);
    recordDecision(draft, {
      ...signalColumns(signal),
      accountId: account.id,
      epoch: account.epoch,
      asOf,
      decided: true,
      ...filled,
      sentences: [...draft.sentences],
    });
  });
}

/**
 * Writes a gate into the row of the candle that closed at `asOf` (ms). Nothing happens if the gate is not recorded, the
 * candle is decided, or its orders can no longer be filled.
 * @throws RangeError if candles before `asOf` are not executed yet
 */
export function recordGate(account: PaperAccount, asOf: number, gate: Gate): Outcome {
  return draftOutcome(account, (draft) => {
    if (!gate.isRecorded || account.nextCandle > asOf || isDecided(account, asOf)) return;
    if (account.nextCandle < asOf) {
      throw new RangeError(
        `${account.id} has not executed the candles before ${new Date(asOf).toISOString()}.`,
      );
    }
    recordDecision(draft, undecidedRecord(account, asOf, gate.reason, gate.sentence));
  });
}

function isDecided({ lastDecision }: PaperAccount, asOf: number): boolean {
  return lastDecision !== null && lastDecision.asOf >= asOf && lastDecision.decided;
}

type FilledOrder = Pick<DecisionRecord, 'action' | 'order' | 'lotId'> & {
  readonly reason: NoOrderReason | null;
};

function fillOrder(draft: OutcomeDraft, market: DecisionMarket, signal: Signal): FilledOrder {
  const { settings } = draft.account;
  const { asOf, fillPrice, markPrice, atr14 } = market;
  if (isTooUnsure(signal, settings)) return withoutLot('HOLD', 'LOW_CONFIDENCE');
  const intent = intentOf(signal, settings);
  const rules = { maxLots: settings.maxPositions, opposite: settings.opposite };
  const propose = () =>
    proposeOrder(
      intent,
      { price: fillPrice, atr14, markPrice },
      accountStateAt(draft.account, markPrice),
      rules,
    );

  const first = propose();
  if (first.type === 'HOLD') return withoutLot('HOLD', first.reason);
  if (first.type === 'OPEN_LONG' || first.type === 'OPEN_SHORT')
    return openOrder(draft, market, signal, first.type, first.lot);

  const reason = first.type === 'FLIP' ? 'FLIP' : 'SIGNAL';
  closeAtMarket(draft, draft.account.lots, fillPrice, atr14, reason, { time: asOf, candle: asOf });
  // The ledger rounds the wallet, so the size is computed again from the wallet after closing (paper.md#12).
  const second = propose();
  if ('lot' in second) return openOrder(draft, market, signal, 'FLIP', second.lot);
  return withoutLot('CLOSE', second.reason);
}

function isTooUnsure(signal: Signal, { minConfidence }: AccountSettings): boolean {
  // Not `<`: a confidence that is no number is too low.
  return signal.source === 'external' && signal.direction !== 'FLAT' && !(signal.confidence >= minConfidence);
}

function withoutLot(action: 'HOLD' | 'CLOSE', reason: NoOrderReason): FilledOrder {
  return { action, reason, order: null, lotId: null };
}

function openOrder(
  draft: OutcomeDraft,
  { asOf, fillPrice }: DecisionMarket,
  { source }: Signal,
  action: DecisionRecord['action'],
  order: ProposedLot,
): FilledOrder {
  const { settings, pipeline } = draft.account;
  const policyHoldTime = { holdClock: settings.policyHoldClock, maxSteps: pipeline.maxHoldSteps };
  const lot = newLot(draft.account, order, {
    key: `${asOf}.${source}`,
    origin: source,
    openedAt: asOf,
    entryReference: fillPrice,
    ...(source === 'policy' ? policyHoldTime : defaultHoldTime(draft.account)),
  });
  openLot(draft, lot, { time: asOf, candle: asOf });
  draft.sentences.push(sentenceOfOpening(lot));
  return { action, reason: null, order, lotId: lot.id };
}

const NO_ORDER: Readonly<Record<NoOrderReason, string>> = {
  FLAT: 'Nothing is done: the signal is flat.',
  LOW_CONFIDENCE: 'Nothing is done: the confidence of the signal is too low.',
  OPPOSITE: 'Nothing is done: the signal is against the open lots, and the account holds them.',
  MAX_POSITIONS: 'Nothing is opened: the account has as many lots as it may have.',
  EXPOSURE: 'Nothing is opened: margins may take 10 % of the equity, and too little of that is left.',
  MIN_SIZE: 'Nothing is opened: the margin would not be more than 1 USDT.',
  BALANCE: 'Nothing is opened: margin and fee are more than the free balance.',
};
