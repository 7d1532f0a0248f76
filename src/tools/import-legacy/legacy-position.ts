import { createHash } from 'node:crypto';
import type { ClosedLot } from '../../trading/lot.ts';
import { MAX_BALANCE, roundMoney } from '../../trading/money.ts';
import { type LegacyRow, numberOf, symbolOf, textOf, timeOf } from './legacy-values.ts';

/** A closed position of the old system; its id depends on the account. */
export type LegacyPosition = Omit<ClosedLot, 'id' | 'reason'> & {
  /** The old reason, or the code of this system with the same meaning. */
  readonly reason: string;
};

export interface PositionRules {
  /** Of the account. */
  readonly symbol: string;
  readonly origin: ClosedLot['origin'];
  /** ms. */
  readonly now: number;
}

const MAX_PRICE = 1e12;
/** Smaller prices, amounts and leverages count as missing. */
const MIN_VALUE = 1e-9;

/** Reads a row of the old `paper_positions`; returns a sentence when the row cannot be used. */
export function positionOfLegacyRow(row: LegacyRow, rules: PositionRules): LegacyPosition | string {
  const id = textOf(row, ['id', 'position_id']);
  if (id === null) return 'it has no id.';
  const status = textOf(row, ['status'])?.toUpperCase() ?? '';
  const closedAt = timeOf(row, ['close_time', 'closed_at', 'exit_time'], rules.now);
  if (status === 'OPEN' || (closedAt === null && status !== 'CLOSED')) return 'it was still open.';
  const symbol = symbolOf(row);
  if (symbol !== null && symbol !== rules.symbol)
    return `it traded ${symbol}; its account trades ${rules.symbol}.`;
  const side = textOf(row, ['side'])?.toLowerCase();
  if (side !== 'long' && side !== 'short') return 'its side is neither Long nor Short.';
  const openedAt = timeOf(row, ['open_time', 'opened_at', 'entry_time'], rules.now);
  if (closedAt === null || openedAt === null || closedAt < openedAt)
    return 'its times are missing, out of range or the wrong way round.';
  const entryPrice = positive(row, ['entry_price'], MAX_PRICE);
  const exitPrice = positive(row, ['exit_price', 'close_price'], MAX_PRICE);
  if (entryPrice === null || exitPrice === null) return 'its entry or exit price is not a positive number.';
  const size = sizeOf(row);
  if (size === null) return 'its size, margin and leverage are not positive numbers.';
  const pnl = pnlOf(row, size.margin);
  if (pnl === null || Math.abs(pnl) > MAX_BALANCE) return 'its realised profit or loss is not a number.';
  const netPnl = roundMoney(pnl);
  return {
    key: keyOf(id),
    origin: rules.origin,
    ...{ side, entryPrice, exitPrice, openedAt, closedAt, ...size },
    ...{ entryReference: null, exitReference: null, partOf: null, firstStop: null },
    quantity: size.notional / entryPrice,
    // Where the old row has none, the entry price.
    stopLoss: positive(row, ['stop_loss'], MAX_PRICE) ?? entryPrice,
    takeProfit: positive(row, ['take_profit'], MAX_PRICE) ?? entryPrice,
    ...{ steps: 0, holdClock: 'wall', maxSteps: 0 },
    // The old result includes costs of unknown size.
    ...{ entryFee: 0, exitFee: 0, funding: 0, grossPnl: netPnl, netPnl },
    reason: reasonOf(textOf(row, ['close_reason', 'exit_reason'])),
  };
}

function positive(row: LegacyRow, columns: readonly string[], max: number): number | null {
  const value = numberOf(row, columns);
  return value !== null && value >= MIN_VALUE && value <= max ? value : null;
}

/** `size_usdt` is the notional. Two of notional, margin and leverage are enough. */
function sizeOf(row: LegacyRow): { notional: number; margin: number; leverage: number } | null {
  const notional = positive(row, ['size_usdt'], 1e9);
  const margin = positive(row, ['margin_usdt'], 1e9);
  const leverage = positive(row, ['leverage'], 1000);
  if (notional === null) {
    return margin === null || leverage === null ? null : { notional: margin * leverage, margin, leverage };
  }
  if (margin !== null) return { notional, margin, leverage: leverage ?? notional / margin };
  return leverage === null ? null : { notional, margin: notional / leverage, leverage };
}

function pnlOf(row: LegacyRow, margin: number): number | null {
  const amount = numberOf(row, ['realized_pnl_usdt', 'realized_pnl', 'pnl_usdt']);
  if (amount !== null) return amount;
  const percent = numberOf(row, ['realized_pnl_pct']);
  return percent === null ? null : (percent / 100) * margin;
}

function keyOf(id: string): string {
  const isPlain = /^[A-Za-z0-9_-]{1,64}$/.test(id);
  return `old.${isPlain ? id : createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** Old reasons with the same meaning as ours. */
const SAME_REASONS: Readonly<Record<string, string>> = {
  SL: 'STOP_LOSS',
  STOP: 'STOP_LOSS',
  STOPLOSS: 'STOP_LOSS',
  TP: 'TAKE_PROFIT',
  TARGET: 'TAKE_PROFIT',
  PROFIT_TARGET: 'TAKE_PROFIT',
  TAKEPROFIT: 'TAKE_PROFIT',
  TIMEOUT: 'TIME_LIMIT',
  TIME: 'TIME_LIMIT',
  EXPIRED: 'TIME_LIMIT',
  MAX_HOLD: 'TIME_LIMIT',
  LIQUIDATED: 'LIQUIDATION',
};

function reasonOf(text: string | null): string {
  const word = (text ?? 'unknown')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 32);
  return SAME_REASONS[word] ?? (word === '' ? 'UNKNOWN' : word);
}
