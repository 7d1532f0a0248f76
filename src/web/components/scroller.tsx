import type { ComponentChildren } from 'preact';

interface ScrollerProps {
  /** What scrolls, for screen readers. */
  readonly label: string;
  readonly class: string;
  /** CSS length from which on the rows of a table scroll below its header. */
  readonly height?: string | undefined;
  readonly children: ComponentChildren;
}

/** A part of the page that scrolls by itself; the keyboard has to reach what is scrolled out of view. */
export function Scroller({ label, class: className, height, children }: ScrollerProps) {
  return (
    <section class={className} aria-label={label} tabIndex={0} style={{ '--table-height': height }}>
      {children}
    </section>
  );
}
