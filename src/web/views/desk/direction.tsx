import type { DecisionRowAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';

const SIGNS = { LONG: '▲', SHORT: '▼', FLAT: '■' } as const;
const TONES = { LONG: 'up', SHORT: 'down', FLAT: 'soft' } as const;

/** A direction by word, arrow and colour. */
export function Direction({ signal }: { readonly signal: NonNullable<DecisionRowAnswer['signal']> }) {
  return (
    <span class={`direction ${TONES[signal]}`}>
      <span aria-hidden="true">{SIGNS[signal]}</span> {signal}
    </span>
  );
}

/** The side of a position in the same way. */
export function Side({ side }: { readonly side: PositionAnswer['side'] }) {
  return <Direction signal={side === 'Long' ? 'LONG' : 'SHORT'} />;
}
