import type { FastifyReply } from 'fastify';
import type { TradesAnswer } from '../accounts/schema.ts';
import { tradesCsv } from './trades-csv.ts';

/** Answers a page of trades as JSON, or as CSV where that is accepted; the next cursor is then in `X-Next-Cursor`. */
export function tradesOrCsv(reply: FastifyReply, accept: string | undefined, page: TradesAnswer) {
  reply.header('vary', 'accept');
  if (!(accept ?? '').includes('text/csv')) return page;
  if (page.next_cursor !== null) reply.header('x-next-cursor', page.next_cursor);
  return reply.type('text/csv; charset=utf-8').serializer(String).send(tradesCsv(page.items));
}
