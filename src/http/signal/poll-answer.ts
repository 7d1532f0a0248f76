import { type PollResult, reasonOfPoll } from '../../accounts/poll.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { answerOfCurrentStats } from '../performance/answer.ts';
import { answerOfPosition } from '../positions/answer.ts';
import type { SignalAnswer } from './schema.ts';

/** The result of a poll; if the candle was decided before, that decision. */
export function answerOfPoll(polled: PollResult, marketSource: string): SignalAnswer {
  const { overview, outcome, row, decided, gate, asOf } = polled;
  const { stored, model, price } = overview;
  const { symbol } = stored;
  const decision = row?.decided === true ? row : undefined;
  const opened = outcome.opened.at(-1);
  return {
    model_id: stored.account.id,
    symbol,
    signal: decision?.signal ?? null,
    confidence: decision?.confidence ?? null,
    sentiment: decision?.sentiment ?? null,
    decided,
    action: decision?.action ?? 'HOLD',
    reason: reasonOfPoll(polled),
    actions: [
      ...outcome.sentences,
      ...(gate === null ? [] : [gate.sentence]),
      ...(gate?.reason === 'DECIDED' ? (decision?.sentences ?? []) : []),
    ],
    opened_position: opened === undefined ? null : answerOfPosition(opened, symbol, price),
    closed_positions: outcome.closed.map((lot) => answerOfPosition(lot, symbol, null)),
    warmup_status: model?.warmUpStatus ?? null,
    current_stats: answerOfCurrentStats(overview),
    as_of: isoTime(asOf),
    market_source: marketSource,
  };
}
