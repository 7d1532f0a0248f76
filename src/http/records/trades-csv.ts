import type { z } from 'zod';
import type { position } from '../accounts/schema.ts';

type Position = z.infer<typeof position>;

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
] as const satisfies readonly (keyof Position)[];

/** Trades as CSV (RFC 4180); nothing in them needs quotes. */
export function tradesCsv(trades: readonly Position[]): string {
  const rows = trades.map((trade) => COLUMNS.map((column) => trade[column] ?? '').join(','));
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
