import type { z } from 'zod';
import type { PollResult } from '../../accounts/poll.ts';
import { answerOfPosition, answerOfStats } from '../accounts/answer.ts';
import { isoTime } from '../shared/time-schema.ts';
import type { signalAnswer } from './schema.ts';

/** What a poll did, or what an earlier one of the same candle decided. */
export function answerOfPoll(
  { overview, outcome, row, decided, gate, asOf }: PollResult,
  marketSource: string,
): z.infer<typeof signalAnswer> {
  const { stored, model, price } = overview;
  const { symbol } = stored;
  const known = row?.decided === true ? row : undefined;
  const opened = outcome.opened.at(-1);
  return {
    model_id: stored.account.id,
    symbol,
    signal: known?.signal ?? null,
    confidence: known?.confidence ?? null,
    sentiment: known?.sentiment ?? null,
    decided,
    action: known?.action ?? 'HOLD',
    reason: gate === null ? (known?.reason ?? null) : gate.reason,
    actions: [
      ...outcome.sentences,
      ...(gate === null ? [] : [gate.sentence]),
      ...(gate?.reason === 'DECIDED' ? (known?.sentences ?? []) : []),
    ],
    opened_position: opened === undefined ? null : answerOfPosition(opened, symbol, price),
    closed_positions: outcome.closed.map((lot) => answerOfPosition(lot, symbol, null)),
    warmup_status: model?.warmUpStatus ?? null,
    current_stats: answerOfStats(overview),
    as_of: isoTime(asOf),
    market_source: marketSource,
  };
}
