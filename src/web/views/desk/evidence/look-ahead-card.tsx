import type { LookAheadAnswer } from '../../../../http/replays/schema.ts';
import { Card } from './card.tsx';
import { lookAheadHeadline } from './headlines.ts';

/** Whether decisions of a replay depend on what came after them. */
export function LookAheadCard({ lookAhead }: { readonly lookAhead: LookAheadAnswer }) {
  return (
    <Card
      headline={lookAheadHeadline(lookAhead)}
      detail="Every candle that opened a lot, and 200 others, were decided on once more: with nothing after them, and with later prices doubled."
    />
  );
}
