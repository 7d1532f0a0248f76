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
    // A group, because the panel around it is the landmark and often has the same name.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form
    <div class={className} role="group" aria-label={label} tabIndex={0} style={{ '--table-height': height }}>
      {children}
    </div>
  );
}
