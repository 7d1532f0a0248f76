import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  readonly title: string;
  /** Badges and the like, beside the title. */
  readonly beside?: ComponentChildren;
  /** Buttons at the end of the head. */
  readonly actions?: ComponentChildren;
  /** Without padding, for tables and tabs. */
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}

/** A titled part of a view. */
export function Panel({ title, beside, actions, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section class={flush ? 'panel panel-flush' : 'panel'} aria-labelledby={id}>
      <div class="panel-head">
        <div>
          <h2 id={id}>{title}</h2>
          {beside}
        </div>
        {actions !== undefined && <div>{actions}</div>}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}
