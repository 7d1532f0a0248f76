import { z } from 'zod';
import { time } from '../shared/fields.ts';
import { pageOf } from '../shared/paging.ts';

export const ledger = pageOf(
  z.object({
    id: z.string(),
    epoch: z.int(),
    sequence: z.int(),
    time,
    kind: z.enum(['entry_fee', 'exit_fee', 'realised_pnl', 'funding', 'liquidation', 'reset']),
    amount_usdt: z.number(),
    position_id: z.string().nullable(),
    wallet_after: z.number(),
  }),
);

export type LedgerAnswer = z.infer<typeof ledger>;
