import type { ComponentChildren } from 'preact';
import { signed } from '../format/numbers.ts';

/** Names and values, one a line. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="foreign">{value}</dd>
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly children: ComponentChildren;
  readonly unit?: string;
}

/** A number that a view is about; several stand in a `<dl class="figures">`. */
export function Figure({ name, children, unit }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {children} {unit !== undefined && <small>{unit}</small>}
      </dd>
    </div>
  );
}

interface ChangeProps {
  readonly value: number | null | undefined;
  /** One of the formats of format/numbers.ts. */
  readonly format: (value: number) => string;
}

/** A gain or a loss: sign, arrow and colour say the same. */
export function Change({ value, format }: ChangeProps) {
  const text = signed(value, format);
  const isUp = text.startsWith('+');
  const isDown = text.startsWith('−');
  return (
    <span class={isUp ? 'up' : isDown ? 'down' : ''}>
      {(isUp || isDown) && <span aria-hidden="true">{isUp ? '▲ ' : '▼ '}</span>}
      {text}
    </span>
  );
}
