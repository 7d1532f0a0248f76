import { isoTime } from '../../runtime/iso-time.ts';
import type { Excursions } from '../../statistics/excursions.ts';
import { type ClosedLot, type Lot, lotPnl } from '../../trading/lot.ts';
import type { PositionAnswer, TradeAnswer } from './schema.ts';

/** A lot, open or closed. @param price an open lot is marked at it; null if no price is known */
export function answerOfPosition(lot: Lot | ClosedLot, symbol: string, price: number | null): PositionAnswer {
  const closed = 'closedAt' in lot ? lot : null;
  const unrealized = closed !== null || price === null ? null : lotPnl(lot, price);
  const percentOfMargin = (amount: number) => (amount / lot.margin) * 100;
  const returnAt = (exit: number) => (Math.abs(exit - lot.entryPrice) / lot.entryPrice) * lot.leverage * 100;
  return {
    id: lot.id,
    symbol,
    side: sideOf(lot.side),
    entry_price: lot.entryPrice,
    entry_reference: lot.entryReference,
    exit_price: closed?.exitPrice ?? null,
    exit_reference: closed?.exitReference ?? null,
    size_usdt: lot.notional,
    margin_usdt: lot.margin,
    leverage: lot.leverage,
    stop_loss: lot.stopLoss,
    take_profit: lot.takeProfit,
    take_profit_pct: returnAt(lot.takeProfit),
    stop_loss_pct: returnAt(lot.stopLoss),
    open_time: isoTime(lot.openedAt),
    close_time: closed && isoTime(closed.closedAt),
    realized_pnl_pct: closed && percentOfMargin(closed.netPnl),
    realized_pnl_usdt: closed?.netPnl ?? null,
    unrealized_pnl_pct: unrealized === null ? null : percentOfMargin(unrealized),
    unrealized_pnl_usdt: unrealized,
    fees_usdt: lot.entryFee + (closed?.exitFee ?? 0),
    funding_usdt: lot.funding,
    origin: lot.origin,
    status: closed === null ? 'OPEN' : 'CLOSED',
    close_reason: closed?.reason ?? null,
  };
}

/** A closed lot. @param excursions null while candles are missing */
export function answerOfTrade(lot: ClosedLot, symbol: string, excursions: Excursions | null): TradeAnswer {
  const { mae = null, mfe = null } = excursions ?? {};
  return {
    ...answerOfPosition(lot, symbol, null),
    mae_usdt: mae?.amount ?? null,
    mae_pct: mae?.marginPct ?? null,
    mae_r: mae?.r ?? null,
    mfe_usdt: mfe?.amount ?? null,
    mfe_pct: mfe?.marginPct ?? null,
    mfe_r: mfe?.r ?? null,
    excursions_code: excursions === null ? 'CANDLES_MISSING' : null,
  };
}

export function sideOf(side: 'long' | 'short'): 'Long' | 'Short' {
  return side === 'long' ? 'Long' : 'Short';
}
