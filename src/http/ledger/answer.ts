import { z } from 'zod';
import type { HistoryRepository } from '../../accounts/history-repository.ts';
import type { LedgerLine } from '../../trading/ledger.ts';
import { type pageQuery, readPage } from '../shared/paging.ts';
import { isoTime } from '../shared/times.ts';
import type { LedgerAnswer } from './schema.ts';

const cursor = z.object({ epoch: z.number(), sequence: z.number() });

export function readLedger(
  history: Pick<HistoryRepository, 'ledger'>,
  accountId: string,
  query: z.infer<typeof pageQuery>,
): Promise<LedgerAnswer> {
  return readPage(query, {
    cursor,
    read: (limit, after) => history.ledger(accountId, limit, after),
    answer: answerOfLine,
  });
}

function answerOfLine(line: LedgerLine): LedgerAnswer['items'][number] {
  const { id, epoch, sequence, time, kind, amount, lotId, walletAfter } = line;
  return {
    ...{ id, epoch, sequence, kind },
    time: isoTime(time),
    amount_usdt: amount,
    position_id: lotId,
    wallet_after: walletAfter,
  };
}
