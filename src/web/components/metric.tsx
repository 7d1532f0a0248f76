import type { ComponentChildren } from 'preact';

interface MetricProps {
  readonly name: string;
  readonly unit?: string;
  readonly children: ComponentChildren;
}

/** A key number of a view; several of them belong in a `<dl class="metrics">`. */
export function Metric({ name, unit, children }: MetricProps) {
  return (
    <div class="metric">
      <dt>{name}</dt>
      <dd>
        {children} {unit !== undefined && <small>{unit}</small>}
      </dd>
    </div>
  );
}
