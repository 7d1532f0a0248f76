import type { PositionAnswer } from '../../../../http/positions/schema.ts';

/** A side, by its word, an arrow and a color. */
export function SideChip({ side }: Pick<PositionAnswer, 'side'>) {
  return (
    <span class={side === 'Long' ? 'badge side-long' : 'badge side-short'}>
      <span aria-hidden="true">{side === 'Long' ? '▲' : '▼'}</span> {side}
    </span>
  );
}
