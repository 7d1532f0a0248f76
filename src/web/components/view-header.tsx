import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface ViewHeaderProps {
  readonly title: string;
  readonly detail?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** The header of a view. Its title is the title of the document as well. */
export function ViewHeader({ title, detail, actions }: ViewHeaderProps) {
  useEffect(() => {
    document.title = `${title} · paperdesk`;
  }, [title]);
  return (
    <header class="row spread view-header">
      <div>
        <h1>{title}</h1>
        {detail !== undefined && <p>{detail}</p>}
      </div>
      {actions !== undefined && <div class="row">{actions}</div>}
    </header>
  );
}
