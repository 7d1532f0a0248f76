import { z } from 'zod';
import type { HistoryRepository } from '../../accounts/history-repository.ts';
import { answerOfPosition } from '../positions/answer.ts';
import { type pageQuery, readPage } from '../shared/paging.ts';

export const closedLotCursor = z.object({ closedAt: z.number(), id: z.string() });

export function readTrades(
  history: Pick<HistoryRepository, 'closedLots'>,
  { id, symbol }: { readonly id: string; readonly symbol: string },
  query: z.infer<typeof pageQuery>,
) {
  return readPage(query, {
    cursor: closedLotCursor,
    read: (limit, after) => history.closedLots(id, limit, after),
    answer: (lot) => answerOfPosition(lot, symbol, null),
  });
}
