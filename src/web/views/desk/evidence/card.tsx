import type { ComponentChildren } from 'preact';

interface CardProps {
  /** What the evidence says: a conclusion, never a title. */
  readonly headline: string;
  /** What is shown, with its unit. */
  readonly detail?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A piece of evidence with what it says. */
export function Card({ headline, detail, children }: CardProps) {
  return (
    <article class="evidence-card">
      <h3>{headline}</h3>
      {detail !== undefined && detail !== false && <p class="muted small">{detail}</p>}
      {children}
    </article>
  );
}
