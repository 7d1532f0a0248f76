import type { ComponentChildren } from 'preact';

interface TwoLinesProps {
  readonly children: ComponentChildren;
  /** Smaller, below the first line; beside it on wide screens. */
  readonly second: ComponentChildren;
}

/** A table cell with a second, less important line. */
export function TwoLines({ children, second }: TwoLinesProps) {
  return (
    <>
      {children}
      <span class="muted small second-line">{second}</span>
    </>
  );
}
