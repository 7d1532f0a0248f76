import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import type { PositionAnswer } from '../../../http/positions/schema.ts';

const SIGNS = { LONG: '▲', SHORT: '▼', FLAT: '■' } as const;
const CLASSES = { LONG: 'up', SHORT: 'down', FLAT: 'muted' } as const;

/** A direction, shown by its word, an arrow and a color. */
export function Direction({ signal }: { readonly signal: NonNullable<DecisionRowAnswer['signal']> }) {
  return (
    <span class={`direction ${CLASSES[signal]}`}>
      <span aria-hidden="true">{SIGNS[signal]}</span> {signal}
    </span>
  );
}

/** The side of a position. */
export function Side({ side }: Pick<PositionAnswer, 'side'>) {
  return <Direction signal={side === 'Long' ? 'LONG' : 'SHORT'} />;
}
