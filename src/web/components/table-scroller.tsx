import type { ComponentChildren } from 'preact';

interface TableScrollerProps {
  /** What the table lists, for screen readers. */
  readonly label: string;
  /** CSS length from which on the rows scroll below the header. */
  readonly height?: string | undefined;
  readonly children: ComponentChildren;
}

/** A table that scrolls within its place where it is too wide or too high. */
export function TableScroller({ label, height, children }: TableScrollerProps) {
  return (
    <section
      class="table-scroller"
      aria-label={label}
      // The keyboard has to reach rows and columns that are scrolled out of view.
      tabIndex={0}
      style={{ '--table-height': height }}
    >
      {children}
    </section>
  );
}
