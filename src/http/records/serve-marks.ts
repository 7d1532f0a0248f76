import type { DecidedDirection, LotMark, MarkedDay } from '../../accounts/chart-records-repository.ts';
import { DIRECTION_THRESHOLD } from '../../pipeline/decode-action.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { roundMoney } from '../../trading/money.ts';
import { sideOf } from '../positions/answer.ts';
import type { RouteServices, Routes } from '../shared/routes.ts';
import {
  type DirectionsAnswer,
  directions,
  directionsQuery,
  type MarksAnswer,
  marks,
  marksQuery,
} from './marks-schema.ts';
import type { RecordSource } from './record-source.ts';

/** More lines cannot be told apart in a chart. */
const MAX_MARKS = 400;

/** Adds what charts draw of a source: its closed lots and the directions of its decisions. */
export function serveMarks(
  app: Parameters<Routes>[0],
  { desk: { history } }: RouteServices,
  { url, tags, params, foreignPages, owner, ownerOf }: RecordSource,
): void {
  const config = foreignPages === undefined ? {} : { foreignPages };

  app.get(
    url('marks'),
    {
      config,
      schema: {
        ...{ tags, params, querystring: marksQuery },
        summary: `All closed lots${owner} of a range as lines from entry to exit; more than 400 as sums by day`,
        response: { 200: marks },
      },
    },
    async ({ params, query: { from = 0, to = Number.MAX_SAFE_INTEGER } }) => {
      const { id } = await ownerOf(params);
      const range = { from, to };
      const total = await history.countLotMarks(id, range);
      if (total > MAX_MARKS)
        return { total, lots: null, days: (await history.markedDays(id, range)).map(answerOfDay) };
      return { total, lots: (await history.lotMarks(id, range, MAX_MARKS)).map(answerOfMark), days: null };
    },
  );

  app.get(
    url('directions'),
    {
      config,
      schema: {
        ...{ tags, params, querystring: directionsQuery },
        summary: `Signal and direction of each decision${owner}, without the evidence, oldest first`,
        response: { 200: directions },
      },
    },
    async ({ params, query: { from = 0, to = Number.MAX_SAFE_INTEGER, limit } }) => {
      const { id } = await ownerOf(params);
      const rows = await history.directions(id, { from, to }, limit);
      return { items: rows.map(answerOfDirection), threshold: DIRECTION_THRESHOLD };
    },
  );
}

function answerOfMark({ epoch, position, side, ...mark }: LotMark): NonNullable<MarksAnswer['lots']>[number] {
  return {
    id: mark.id,
    position_id: `${epoch}.${position}`,
    side: sideOf(side),
    open_time: isoTime(mark.openedAt),
    close_time: isoTime(mark.closedAt),
    entry_price: mark.entryPrice,
    exit_price: mark.exitPrice,
    realized_pnl_usdt: mark.netPnl,
    close_reason: mark.reason,
  };
}

function answerOfDay({
  day,
  lots,
  won,
  lost,
  gains,
  losses,
}: MarkedDay): NonNullable<MarksAnswer['days']>[number] {
  return {
    day: isoTime(day),
    lots,
    winning_lots: won,
    losing_lots: lost,
    gains_usdt: roundMoney(gains),
    losses_usdt: roundMoney(losses),
  };
}

function answerOfDirection(row: DecidedDirection): DirectionsAnswer['items'][number] {
  const { asOf, lotId, direction, ...others } = row;
  return {
    ...others,
    as_of: isoTime(asOf),
    direction: direction === null ? null : Math.min(1, Math.max(-1, direction)),
    position_id: lotId,
  };
}
