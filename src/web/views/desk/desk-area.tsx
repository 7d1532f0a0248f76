import type { ComponentChildren } from 'preact';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Resource } from '../../data/resource.ts';

type AreaName = 'decision' | 'account' | 'lots' | 'market' | 'equity' | 'statistics' | 'records';

/** A part of the view; where it stands depends on how wide the screen is. */
export function Area({ name, children }: { readonly name: AreaName; readonly children: ComponentChildren }) {
  return <div class={`desk-${name}`}>{children}</div>;
}

interface CardedProps<Data> {
  readonly of: Resource<Data>;
  readonly title: string;
  readonly lines: number;
  /** A panel of that title. */
  readonly children: (data: Data) => ComponentChildren;
}

/** A panel with what a resource holds; until then, one of the same title keeps its place. */
export function Carded<Data>({ of, title, lines, children }: CardedProps<Data>) {
  const data = of.data.value;
  if (data !== undefined) return <>{children(data)}</>;
  return (
    <Panel title={title}>
      <Loaded of={of} lines={lines}>
        {children}
      </Loaded>
    </Panel>
  );
}
