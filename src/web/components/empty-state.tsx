import type { ComponentChildren } from 'preact';

interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** Replaces a list or chart that has no data yet. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <h3>{title}</h3>
      <p>{children}</p>
      {action}
    </div>
  );
}
