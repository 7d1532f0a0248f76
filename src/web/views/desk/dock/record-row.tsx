import type { ComponentChildren } from 'preact';

interface RecordRowProps {
  readonly title: ComponentChildren;
  readonly figure: ComponentChildren;
  readonly detail: ComponentChildren;
  readonly figureDetail?: ComponentChildren;
  /** Below both lines. */
  readonly children?: ComponentChildren;
  readonly onClick?: (() => void) | undefined;
  readonly isPressed?: boolean | undefined;
  readonly isExpanded?: boolean | undefined;
}

/** A record in two lines, with its figure at the end; a button where it opens something. */
export function RecordRow(props: RecordRowProps) {
  const { title, figure, detail, figureDetail, children, onClick, isPressed, isExpanded } = props;
  const content = (
    <>
      <span class="record-title">{title}</span>
      <span class="record-figure">{figure}</span>
      <small>{detail}</small>
      <small class="record-figure">{figureDetail}</small>
      {children}
    </>
  );
  if (onClick === undefined) return <div class="record">{content}</div>;
  return (
    <button
      type="button"
      class="record"
      aria-pressed={isPressed}
      aria-expanded={isExpanded}
      onClick={onClick}
    >
      {content}
    </button>
  );
}
