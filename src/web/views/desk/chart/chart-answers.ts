import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import type { PastForecastAnswer } from '../../../../http/forecasts/schema.ts';
import type { WholePositionAnswer } from '../../../../http/positions/schema.ts';
import type { MarksAnswer } from '../../../../http/records/marks-schema.ts';
import {
  type ChartPosition,
  type DayResult,
  type LotLine,
  positionLines,
} from '../../../charts/chart-position.ts';
import type { EquityPoint } from '../../../charts/equity-layer.ts';
import { type Fan, fanOfSteps } from '../../../charts/forecast-points.ts';
import type { Outcome } from '../../../charts/mark-layers.ts';

/** A page of positions. */
export interface PositionPage {
  readonly items: readonly WholePositionAnswer[];
  /** Of all pages. */
  readonly total: number;
}

/** What was traded in a range. */
export interface Traded {
  readonly positions: readonly ChartPosition[];
  readonly lines: readonly LotLine[];
  /** Instead of positions and lines, where there are too many. */
  readonly days: readonly DayResult[] | undefined;
}

/** A page of past forecasts. */
export interface ForecastPage {
  readonly items: readonly PastForecastAnswer[];
}

/** A forecast of the past, and what came of it, where that is known. */
export interface PastForecast {
  readonly fan: Fan;
  readonly outcome: Outcome | undefined;
}

/** Equity, holding and drawdown in percent. A curve of one point is none. @param initial balance in USDT */
export function equityPoints(items: EquityAnswer['items'], initial: number): EquityPoint[] {
  if (items.length < 2) return [];
  const percent = (equity: number) => (equity / initial - 1) * 100;
  return items.map(({ time, total_equity, holding_equity, worst_drawdown_pct }) => ({
    time: Date.parse(time),
    account: percent(total_equity),
    holding: holding_equity === null ? null : percent(holding_equity),
    drawdown: worst_drawdown_pct === 0 ? 0 : -worst_drawdown_pct,
  }));
}

/** The forecasts of an answer; those without the price of their candle are left out. */
export function pastForecasts({ items }: ForecastPage): PastForecast[] {
  return items.flatMap(({ as_of, price, fan, step_seconds, end_at, end_price, inside }) => {
    if (price === null) return [];
    const outcome =
      end_price === null || inside === null
        ? undefined
        : { at: Date.parse(end_at), price: end_price, isInside: inside };
    return [{ fan: fanOfSteps(Date.parse(as_of), price, step_seconds * 1000, fan), outcome }];
  });
}

/** What the answers say, as the chart draws it. */
export function traded({ items, total }: PositionPage, marks: MarksAnswer): Traded {
  if (total > items.length && marks.days !== null) {
    const days = marks.days.map(({ day, gains_usdt, losses_usdt }) => ({
      ...{ day: Date.parse(day), won: gains_usdt, lost: losses_usdt },
    }));
    return { positions: [], lines: [], days };
  }
  const entries = firstEntries(marks.lots ?? []);
  const positions = items.map((item) => chartPosition(item, entries.get(item.id)));
  return { positions, lines: marks.lots?.map(lotLine) ?? positionLines(positions), days: undefined };
}

/** Entry prices of the first lots, by position. */
function firstEntries(lots: NonNullable<MarksAnswer['lots']>): Map<string, number> {
  const first = new Map<string, (typeof lots)[number]>();
  for (const lot of lots) {
    const known = first.get(lot.position_id);
    if (known === undefined || lot.open_time < known.open_time) first.set(lot.position_id, lot);
  }
  return new Map(Array.from(first, ([id, { entry_price }]) => [id, entry_price]));
}

function chartPosition(position: WholePositionAnswer, firstEntry: number | undefined): ChartPosition {
  return {
    ...{ id: position.id, side: position.side },
    opened: Date.parse(position.open_time),
    closed: position.close_time === null ? null : Date.parse(position.close_time),
    ...{
      entry: firstEntry ?? position.entry_price,
      exit: position.exit_price,
      pnl: position.realized_pnl_usdt,
    },
  };
}

function lotLine(lot: NonNullable<MarksAnswer['lots']>[number]): LotLine {
  return {
    positionId: lot.position_id,
    ...{ opened: Date.parse(lot.open_time), closed: Date.parse(lot.close_time) },
    ...{ entry: lot.entry_price, exit: lot.exit_price, pnl: lot.realized_pnl_usdt },
  };
}
