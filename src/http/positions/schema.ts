import { z } from 'zod';
import {
  modelId,
  recordRange,
  recordResult,
  recordSide,
  requestSide,
  resultSort,
  symbol,
  time,
} from '../shared/fields.ts';
import { numberedPageOf, numberedQuery } from '../shared/paging.ts';

export const closeReason = z.enum([
  'LIQUIDATION',
  'STOP_LOSS',
  'TAKE_PROFIT',
  'TIME_LIMIT',
  'FLIP',
  'SIGNAL',
  'MANUAL',
  'KILLED',
  'RESET',
]);

/** An open or closed lot (http.md#18). */
export const position = z
  .object({
    id: z.string(),
    symbol: z.string(),
    side: z.enum(['Long', 'Short']),
    entry_price: z.number(),
    entry_reference: z.number().nullable().describe('price before slippage; null where it is not known'),
    exit_price: z.number().nullable(),
    exit_reference: z
      .number()
      .nullable()
      .describe('price before slippage; null at stop, target and liquidation, and where it is not known'),
    size_usdt: z.number().describe('notional at entry'),
    margin_usdt: z.number(),
    leverage: z.number(),
    stop_loss: z.number(),
    take_profit: z.number(),
    take_profit_pct: z.number().describe('return on margin, before fees'),
    stop_loss_pct: z.number(),
    open_time: time,
    close_time: time.nullable(),
    realized_pnl_pct: z.number().nullable().describe('return on margin after fees and funding'),
    realized_pnl_usdt: z.number().nullable(),
    unrealized_pnl_pct: z.number().nullable(),
    unrealized_pnl_usdt: z.number().nullable(),
    fees_usdt: z.number(),
    funding_usdt: z.number().describe('positive if the position received funding'),
    origin: z.enum(['policy', 'external', 'manual']),
    part_of: z.string().nullable().describe('the lot that it was closed as a part of'),
    first_stop_loss: z.number().describe('at the entry; another than stop_loss if that was moved by hand'),
    status: z.enum(['OPEN', 'CLOSED']),
    close_reason: closeReason.nullable(),
  })
  .meta({ id: 'PaperPosition' });

const onTheWay = (extreme: string) =>
  z.number().nullable().describe(`${extreme} result on the way, before fees`);

/** A closed lot with its excursions (statistics.md#64). */
export const trade = position
  .extend({
    mae_usdt: onTheWay('lowest'),
    mae_pct: onTheWay('lowest').describe('of the margin'),
    mae_r: onTheWay('lowest').describe('in distances of the first stop; null also for a stop at the entry'),
    mfe_usdt: onTheWay('highest'),
    mfe_pct: onTheWay('highest').describe('of the margin'),
    mfe_r: onTheWay('highest').describe('in distances of the first stop; null also for a stop at the entry'),
    excursions_code: z
      .enum(['CANDLES_MISSING'])
      .nullable()
      .describe('why these are null: not all intrabar candles are stored, or not yet'),
  })
  .meta({ id: 'PaperTrade' });

export const trades = numberedPageOf(trade);

/** Restricts and sorts closed lots, by the time they closed, and positions. */
export const lotsQuery = numberedQuery.extend({
  ...{ side: recordSide, result: recordResult, sort: resultSort },
  reason: closeReason.optional(),
  ...recordRange,
});

export const positions = z.object({ positions: z.array(position), next_cursor: trades.shape.next_cursor });
export const closedLotCursor = z.object({ closedAt: z.int(), id: z.string() });
export const lotResultCursor = z.object({ netPnl: z.number(), id: z.string() });

/** All lots from flat to flat (statistics.md#5). Amounts are sums, prices are averages by quantity. */
export const wholePosition = z
  .object({
    id: z.string().describe('epoch and number of the position in its account'),
    epoch: z.int(),
    symbol: z.string(),
    side: z.enum(['Long', 'Short']),
    status: z.enum(['OPEN', 'CLOSED']),
    open_time: time,
    close_time: time.nullable().describe('null while a lot is open'),
    entry_price: z.number(),
    exit_price: z.number().nullable().describe('of what is closed'),
    size_usdt: z.number().describe('notional at entry'),
    margin_usdt: z.number(),
    lots_count: z.int(),
    open_lots_count: z.int(),
    winning_lots: z.int(),
    losing_lots: z.int(),
    realized_pnl_usdt: z.number().describe('of closed lots, after fees and funding'),
    realized_pnl_pct: z.number().describe('the same in % of all margins'),
    unrealized_pnl_usdt: z.number().nullable().describe('of open lots, before fees; null without a price'),
    fees_usdt: z.number(),
    funding_usdt: z.number().describe('positive if the position received funding'),
    exits: z.record(z.string(), z.int()).describe('closed lots by close reason'),
    lot_ids: z.array(z.string()).describe('in the order opened'),
  })
  .meta({ id: 'PaperWholePosition' });

export const wholePositions = numberedPageOf(wholePosition);
export const positionCursor = z.object({ epoch: z.int(), position: z.int() });
export const positionResultCursor = positionCursor.extend({ netPnl: z.number() });

export const openRequest = z.object({
  model_id: modelId,
  symbol: symbol.optional(),
  side: requestSide,
  size_usdt: z.number().positive().max(1e9).optional().describe('notional'),
  leverage: z.number().min(1).max(10).optional(),
  entry_price: z.number().positive().optional().describe('compared with the market price, otherwise unused'),
  current_price: z.number().positive().optional(),
  stop_loss: z.number().positive().optional(),
  take_profit: z.number().positive().optional(),
});

export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(200).optional(),
});

export const closeParams = z.object({ id: z.string().min(1).max(200) });
/** What a person says about what they do; it is stored with the line of the ledger. */
const reason = z
  .string()
  .trim()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'may have no control characters')
  .optional();

export const closeRequest = z
  .object({
    exit_price: z.number().positive().optional().describe('compared with the market price, otherwise unused'),
    fraction: z.number().positive().max(1).optional().describe('closes this share of the lot'),
    size_usdt: z.number().positive().max(1e9).optional().describe('closes so much of its notional at entry'),
    reason,
  })
  .refine(({ fraction, size_usdt }) => fraction === undefined || size_usdt === undefined, {
    message: 'has either fraction or size_usdt',
  })
  .nullish();

export const closeAllRequest = z
  .object({
    ids: z.array(z.string().max(200)).max(100).optional().describe('only these lots'),
    reason,
  })
  .nullish();
export const closedLots = z.object({ closed: z.array(position) });

export const editRequest = z
  .object({
    stop_loss: z.number().positive().optional(),
    take_profit: z.number().positive().optional(),
    reason,
  })
  .refine(({ stop_loss, take_profit }) => stop_loss !== undefined || take_profit !== undefined, {
    message: 'has a stop_loss, a take_profit or both',
  });

export type TradesAnswer = z.infer<typeof trades>;
export type TradeAnswer = z.infer<typeof trade>;
export type WholePositionAnswer = z.infer<typeof wholePosition>;
export type PositionAnswer = z.infer<typeof position>;
