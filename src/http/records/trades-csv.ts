import type { FastifyReply } from 'fastify';
import type { TradeAnswer, TradesAnswer } from '../positions/schema.ts';

const COLUMNS = [
  'id',
  'symbol',
  'side',
  'entry_price',
  'exit_price',
  'size_usdt',
  'margin_usdt',
  'leverage',
  'open_time',
  'close_time',
  'realized_pnl_usdt',
  'realized_pnl_pct',
  'fees_usdt',
  'funding_usdt',
  'origin',
  'close_reason',
  'entry_reference',
  'exit_reference',
  'mae_usdt',
  'mae_pct',
  'mae_r',
  'mfe_usdt',
  'mfe_pct',
  'mfe_r',
] as const satisfies readonly (keyof TradeAnswer)[];

/** Sends trades as JSON, or as CSV with the next cursor in `X-Next-Cursor` if the client accepts `text/csv`. */
export function sendTrades(reply: FastifyReply, accept: string | undefined, page: TradesAnswer) {
  reply.header('vary', 'accept');
  if (!(accept ?? '').includes('text/csv')) return page;
  if (page.next_cursor !== null) reply.header('x-next-cursor', page.next_cursor);
  return reply.type('text/csv; charset=utf-8').serializer(String).send(csvOf(page.items));
}

/** RFC 4180; no value contains a character that needs quotes. */
function csvOf(trades: readonly TradeAnswer[]): string {
  const rows = trades.map((trade) => COLUMNS.map((column) => trade[column] ?? '').join(','));
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
