import { signed } from '../format/numbers.ts';

interface GainLossProps {
  readonly value: number | null | undefined;
  /** One of the formatters of format/numbers.ts. */
  readonly format: (value: number) => string;
}

/** A gain or a loss, told by its sign, an arrow and a color. */
export function GainLoss({ value, format }: GainLossProps) {
  const text = signed(value, format);
  const isGain = text.startsWith('+');
  const isLoss = text.startsWith('−');
  return (
    <span class={isGain ? 'up' : isLoss ? 'down' : ''}>
      {(isGain || isLoss) && <span aria-hidden="true">{isGain ? '▲ ' : '▼ '}</span>}
      {text}
    </span>
  );
}
