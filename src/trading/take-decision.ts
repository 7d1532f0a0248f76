import { MAX_HOLD_STEPS } from '../pipeline/account-state.ts';
import type { DecodedAction, Sentiment } from '../pipeline/decode-action.ts';
import { accountStateAt, type PaperAccount } from './account.ts';
import {
  type DecisionEvidence,
  type DecisionRecord,
  type GateReason,
  type NoOrderReason,
  undecided,
} from './decision-record.ts';
import { closeAtMarket } from './execute-candle.ts';
import { lotId } from './ledger.ts';
import type { Lot } from './lot.ts';
import { roundMoney } from './money.ts';
import { draftOutcome, type Outcome, type OutcomeDraft, openLot, recordDecision } from './outcome.ts';
import {
  type FixedIntent,
  type OrderIntent,
  type OrderMarket,
  type ProposedLot,
  proposeOrder,
} from './propose-order.ts';
import { sentenceOfOpening } from './sentences.ts';
import type { AccountSettings } from './settings.ts';

type Direction = DecodedAction['direction'];

/** What the policy says, or what a poll brought. */
export type Signal =
  | {
      readonly source: 'policy';
      readonly action: OrderIntent & Pick<DecodedAction, 'confidence' | 'sentiment'>;
      readonly evidence: DecisionEvidence | null;
    }
  | {
      readonly source: 'external';
      readonly direction: Direction;
      /** 0..100. */
      readonly confidence: number;
    };

/** The candle decided on, and where its order is filled; prices in quote currency. */
export interface DecisionMoment {
  /** Close time of the candle, ms, when the next one opens. */
  readonly asOf: number;
  /** Open of the 3-minute candle that opens at `asOf`. */
  readonly fillPrice: number;
  /** Close of the candle: it marks the account. */
  readonly markPrice: number;
  /** ATR14 of the candle. */
  readonly atr14: number;
}

const SENTIMENTS: Readonly<Record<Direction, Sentiment>> = {
  LONG: 'bullish',
  SHORT: 'bearish',
  FLAT: 'neutral',
};

const STEPS_PER_HOUR = 4;

/**
 * Decides on one closed candle and fills the order where it opens (paper.md#8). The account's next candle must
 * be the one that opens there, and the candle must not be decided: `gateOf` tells.
 * @throws RangeError when that is not so
 */
export function takeDecision(account: PaperAccount, moment: DecisionMoment, signal: Signal): Outcome {
  const { asOf } = moment;
  const known = account.lastDecision;
  if (account.nextCandle !== asOf || (known !== null && known.asOf >= asOf && known.decided)) {
    throw new RangeError(
      `${account.id} cannot decide on the candle that closed at ${new Date(asOf).toISOString()} any more.`,
    );
  }
  return draftOutcome(account, (draft) => {
    const filled = fillOrder(draft, moment, signal);
    if (filled.reason !== null) draft.sentences.push(NO_ORDER[filled.reason]);
    recordDecision(draft, {
      ...describeSignal(signal),
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
 * Gives a candle the reason why nothing was decided on it; as long as orders of the candle could be filled, a later
 * poll may still decide. A candle that is decided, or over, keeps its row.
 * @throws RangeError when the account has not been brought up to the candle
 */
export function refuseDecision(
  account: PaperAccount,
  asOf: number,
  reason: GateReason,
  sentence: string,
): Outcome {
  if (account.nextCandle < asOf) {
    throw new RangeError(`${account.id} must live to ${new Date(asOf).toISOString()} first.`);
  }
  return draftOutcome(account, (draft) => {
    const known = account.lastDecision;
    if (account.nextCandle > asOf || (known?.asOf === asOf && known.decided)) return;
    recordDecision(draft, undecided(account, asOf, reason, sentence));
  });
}

interface FilledOrder {
  readonly action: DecisionRecord['action'];
  readonly reason: NoOrderReason | null;
  readonly order: ProposedLot | null;
  readonly lotId: string | null;
}

function fillOrder(draft: OutcomeDraft, moment: DecisionMoment, signal: Signal): FilledOrder {
  const { settings } = draft.account;
  const intent = intentOf(signal, settings);
  if (
    signal.source === 'external' &&
    intent.direction !== 'FLAT' &&
    !(signal.confidence >= settings.minConfidence)
  )
    return withoutLot('HOLD', 'LOW_CONFIDENCE');
  const market: OrderMarket = {
    price: moment.fillPrice,
    atr14: moment.atr14,
    markPrice: moment.markPrice,
  };
  const rules = { maxLots: settings.maxPositions, opposite: settings.opposite };
  const propose = () => proposeOrder(intent, market, accountStateAt(draft.account, moment.markPrice), rules);

  const first = propose();
  if (first.type === 'HOLD') return withoutLot('HOLD', first.reason);
  if (first.type === 'OPEN_LONG' || first.type === 'OPEN_SHORT')
    return openOrder(draft, moment, signal, first.type, first.lot);

  const { asOf, fillPrice, atr14 } = moment;
  const why = first.type === 'FLIP' ? 'FLIP' : 'SIGNAL';
  closeAtMarket(draft, draft.account.lots, fillPrice, atr14, why, { time: asOf, candle: asOf });
  // Sized again from the wallet that the ledger gives after closing, which is rounded.
  const second = propose();
  if ('lot' in second) return openOrder(draft, moment, signal, 'FLIP', second.lot);
  return withoutLot('CLOSE', second.reason);
}

function withoutLot(action: 'HOLD' | 'CLOSE', reason: NoOrderReason): FilledOrder {
  return { action, reason, order: null, lotId: null };
}

function openOrder(
  draft: OutcomeDraft,
  { asOf }: DecisionMoment,
  { source }: Signal,
  action: DecisionRecord['action'],
  order: ProposedLot,
): FilledOrder {
  const { id, epoch, settings } = draft.account;
  const key = `${asOf}.${source}`;
  const lot: Lot = {
    ...lotOf(order),
    id: lotId(id, epoch, key),
    key,
    origin: source,
    openedAt: asOf,
    ...(source === 'policy'
      ? { holdClock: settings.policyHoldClock, maxSteps: MAX_HOLD_STEPS }
      : { holdClock: settings.externalHoldClock, maxSteps: settings.timeLimitHours * STEPS_PER_HOUR }),
  };
  openLot(draft, lot, { time: asOf, candle: asOf });
  draft.sentences.push(sentenceOfOpening(lot));
  return { action, reason: null, order, lotId: lot.id };
}

/** A proposed lot as it stands once it is filled. */
export function lotOf(
  proposed: ProposedLot,
): Omit<Lot, 'id' | 'key' | 'origin' | 'openedAt' | 'holdClock' | 'maxSteps'> {
  const { side, fill, quantity, notional, margin, leverage, stopLoss, takeProfit, fee } = proposed;
  return {
    side,
    entryPrice: fill,
    quantity,
    notional,
    margin,
    leverage,
    stopLoss,
    takeProfit,
    steps: 0,
    entryFee: roundMoney(fee),
    funding: 0,
  };
}

function intentOf(signal: Signal, settings: AccountSettings): OrderIntent | FixedIntent {
  if (signal.source === 'policy') return signal.action;
  return {
    direction: signal.direction,
    margin: { equityShare: settings.defaultMarginShare },
    leverage: settings.defaultLeverage,
    stopReturn: settings.stopLossPct / 100,
    targetReturn: settings.profitTargetPct / 100,
  };
}

function describeSignal(
  signal: Signal,
): Pick<DecisionRecord, 'source' | 'signal' | 'confidence' | 'sentiment' | 'evidence'> {
  if (signal.source === 'policy') {
    const { direction, confidence, sentiment } = signal.action;
    return { source: 'policy', signal: direction, confidence, sentiment, evidence: signal.evidence };
  }
  const { direction, confidence } = signal;
  return {
    source: 'external',
    signal: direction,
    confidence,
    sentiment: SENTIMENTS[direction],
    evidence: null,
  };
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
