import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Resource } from '../data/resource.ts';
import { WhenLoaded } from './when-loaded.tsx';

interface PanelProps {
  readonly title: string;
  /** Badges and hints next to the title. */
  readonly beside?: ComponentChildren;
  /** Buttons at the end of the header. */
  readonly actions?: ComponentChildren;
  /** Without padding, for tables and tabs. */
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}

/** A titled section of a view. */
export function Panel({ title, beside, actions, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section class={flush ? 'panel panel-flush' : 'panel'} aria-labelledby={id}>
      <div class="row spread panel-head">
        <div class="row">
          <h2 id={id}>{title}</h2>
          {beside}
        </div>
        {actions !== undefined && <div class="row">{actions}</div>}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}

interface ResourcePanelProps<Data> extends Omit<PanelProps, 'children'> {
  readonly resource: Resource<Data>;
  /** Lines of the skeleton. */
  readonly lines: number;
  readonly children: (data: Data) => ComponentChildren;
}

/** A panel around the data of a resource. */
export function ResourcePanel<Data>({ resource, lines, children, ...panel }: ResourcePanelProps<Data>) {
  return (
    <Panel {...panel}>
      <WhenLoaded resource={resource} lines={lines}>
        {children}
      </WhenLoaded>
    </Panel>
  );
}
