import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface ViewHeadProps {
  readonly title: string;
  readonly detail?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** The head of a view; names the browser's tab after it. */
export function ViewHead({ title, detail, actions }: ViewHeadProps) {
  useEffect(() => {
    document.title = `${title} · paperdesk`;
  }, [title]);
  return (
    <header class="view-head">
      <div>
        <h1>{title}</h1>
        {detail !== undefined && <p>{detail}</p>}
      </div>
      {actions !== undefined && <div class="actions">{actions}</div>}
    </header>
  );
}
