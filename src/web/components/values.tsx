import { type ComponentChildren, Fragment } from 'preact';
import { signed } from '../format/numbers.ts';

interface DefinitionListProps {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[];
  /** A further CSS class. */
  readonly class?: string;
}

/** Names and values, one pair per line. */
export function DefinitionList({ rows, class: extraClass = '' }: DefinitionListProps) {
  return (
    <dl class={`definition-list ${extraClass}`}>
      {rows.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd class="user-text">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

interface MetricProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly unit?: string;
}

/** A key number of a view; several of them belong in a `<dl class="metrics">`. */
export function Metric({ name, value, unit }: MetricProps) {
  return (
    <div class="metric">
      <dt>{name}</dt>
      <dd>
        {value} {unit !== undefined && <small>{unit}</small>}
      </dd>
    </div>
  );
}

interface GainLossProps {
  readonly value: number | null | undefined;
  /** One of the formatters of format/numbers.ts. */
  readonly format: (value: number) => string;
}

/** A gain or a loss, shown by its sign, an arrow and a color. */
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
