import { isoTime } from '../../runtime/iso-time.ts';
import type { LedgerLine } from '../../trading/ledger.ts';
import type { LedgerAnswer } from './schema.ts';

export function answerOfLine({
  time,
  amount,
  lotId,
  walletAfter,
  ...line
}: LedgerLine): LedgerAnswer['items'][number] {
  return {
    ...line,
    time: isoTime(time),
    amount_usdt: amount,
    position_id: lotId,
    wallet_after: walletAfter,
  };
}
