import type { ComponentChildren } from 'preact';

interface ScrollerProps {
  /** What scrolls, for screen readers. */
  readonly label: string;
  readonly class: string;
  readonly children: ComponentChildren;
}

/** A part of the page that scrolls by itself, and that the keyboard reaches. */
export function Scroller({ label, class: className, children }: ScrollerProps) {
  return (
    <section class={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
