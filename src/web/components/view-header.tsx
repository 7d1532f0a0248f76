import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface ViewHeaderProps {
  readonly title: string;
  /** What the view concludes, in a sentence; the title unless given. */
  readonly headline?: string | undefined;
  readonly detail?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** The header of a view: its conclusion, or its title, which is the title of the document as well. */
export function ViewHeader({ title, headline = title, detail, actions }: ViewHeaderProps) {
  useEffect(() => {
    document.title = `${title} · paperdesk`;
  }, [title]);
  return (
    <header class="row spread view-header">
      <div>
        <h1 class="user-text">{headline}</h1>
        {detail !== undefined && <p>{detail}</p>}
      </div>
      {actions !== undefined && <div class="row">{actions}</div>}
    </header>
  );
}
