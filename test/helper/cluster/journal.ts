/** What nodes acknowledged, so that it must never be lost. */
export interface Journal {
  /** The signal that polls were told, by account and candle, as `paper_x 2026-11-26T06:15:00.000Z`. */
  readonly signals: Map<string, string>;
  /** The SHA-256 of every file of an uploaded package, by its id. */
  readonly uploads: Map<string, readonly string[]>;
  /** The requested replays by their ids. */
  readonly replays: Map<string, object>;
  /** The lots of manual orders by their idempotency key. */
  readonly orders: Map<string, string>;
  /** Lots that were closed by hand. */
  readonly closes: Set<string>;
  /** What two answers contradicted each other in, as sentences. */
  readonly contradictions: string[];
  polls: number;
  /** Requests without an answer, or with a fault that passes. */
  unanswered: number;
}

export function createJournal(): Journal {
  return {
    signals: new Map(),
    uploads: new Map(),
    replays: new Map(),
    orders: new Map(),
    closes: new Set(),
    contradictions: [],
    polls: 0,
    unanswered: 0,
  };
}

interface PollAnswer {
  readonly model_id: string;
  readonly as_of: string;
  readonly decided: boolean;
  readonly signal: string | null;
  readonly confidence: number | null;
  readonly action: string;
}

/** Notes the answer of a poll: who decides twice, or tells others another signal, contradicts. */
export function notePoll(journal: Journal, answer: PollAnswer, deciders: Map<string, number>): void {
  journal.polls += 1;
  if (answer.signal === null) return;
  const candle = `${answer.model_id} ${answer.as_of}`;
  const told = `${answer.signal} ${answer.confidence} ${answer.action}`;
  const before = journal.signals.get(candle);
  if (before !== undefined && before !== told)
    journal.contradictions.push(`${candle} was ${before}, then ${told}`);
  journal.signals.set(candle, told);
  if (!answer.decided) return;
  const times = (deciders.get(candle) ?? 0) + 1;
  deciders.set(candle, times);
  if (times > 1) journal.contradictions.push(`${candle} was decided by ${times} polls`);
}
