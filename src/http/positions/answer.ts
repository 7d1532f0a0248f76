import type { PositionSummary } from '../../accounts/position-lists-repository.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import type { Excursions } from '../../statistics/excursions.ts';
import { type ClosedLot, type Lot, lotPnl, signOf } from '../../trading/lot.ts';
import { roundMoney } from '../../trading/money.ts';
import type { PositionAnswer, TradeAnswer, WholePositionAnswer } from './schema.ts';

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
    part_of: lot.partOf,
    first_stop_loss: lot.firstStop ?? lot.stopLoss,
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

/** All lots from flat to flat. @param price open lots are marked at it; null if no price is known */
export function answerOfWholePosition(
  position: PositionSummary,
  symbol: string,
  price: number | null,
): WholePositionAnswer {
  const { epoch, side, closedAt, netPnl, margin, openQuantity, openNotional } = position;
  const gross = (at: number) => signOf(side) * (openQuantity * at - openNotional);
  return {
    id: `${epoch}.${position.position}`,
    epoch,
    symbol,
    side: sideOf(side),
    status: closedAt === null ? 'OPEN' : 'CLOSED',
    open_time: isoTime(position.openedAt),
    close_time: closedAt === null ? null : isoTime(closedAt),
    entry_price: position.entryPrice,
    exit_price: position.exitPrice,
    size_usdt: position.notional,
    margin_usdt: margin,
    lots_count: position.lots,
    open_lots_count: position.openLots,
    winning_lots: position.won,
    losing_lots: position.lost,
    realized_pnl_usdt: netPnl,
    realized_pnl_pct: (netPnl / margin) * 100,
    unrealized_pnl_usdt: position.openLots === 0 || price === null ? null : roundMoney(gross(price)),
    fees_usdt: position.fees,
    funding_usdt: position.funding,
    exits: position.exits,
    lot_ids: [...position.lotIds],
  };
}

export function sideOf(side: 'long' | 'short'): 'Long' | 'Short' {
  return side === 'long' ? 'Long' : 'Short';
}
