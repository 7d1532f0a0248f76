import { z } from 'zod';
import { recordRange, recordSide, time, timeSort } from '../shared/fields.ts';
import { numberedPageOf, numberedQuery } from '../shared/paging.ts';

const ledgerKind = z.enum([
  'entry_fee',
  'exit_fee',
  'realised_pnl',
  'funding',
  'liquidation',
  'reset',
  'edit',
]);

export const ledgerQuery = numberedQuery.extend({
  ...{ side: recordSide.describe('of the lot'), sort: timeSort },
  kind: ledgerKind.optional(),
  position_id: z.string().max(160).optional(),
  ...recordRange,
});

export const ledger = numberedPageOf(
  z.object({
    id: z.string(),
    epoch: z.int(),
    sequence: z.int(),
    time,
    kind: ledgerKind,
    amount_usdt: z.number(),
    position_id: z.string().nullable(),
    wallet_after: z.number(),
    reason: z.string().nullable().describe('what a person gave as the reason of what they did'),
    detail: z.string().nullable().describe('what was changed, of an edit'),
  }),
);

export type LedgerAnswer = z.infer<typeof ledger>;
