import type { z } from 'zod';
import type { LedgerLine } from '../../trading/ledger.ts';
import type { ledger } from '../accounts/schema.ts';
import { isoTime } from '../shared/time-schema.ts';

/** One movement of money. */
export function answerOfLine(line: LedgerLine): z.infer<typeof ledger>['items'][number] {
  const { id, epoch, sequence, time, kind, amount, lotId, walletAfter } = line;
  return {
    ...{ id, epoch, sequence, kind },
    time: isoTime(time),
    amount_usdt: amount,
    position_id: lotId,
    wallet_after: walletAfter,
  };
}
