import type { ComponentChildren } from 'preact';

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
  /** More about it, for a pointer that rests on it. */
  readonly detail?: string | undefined;
}

/** A state in a word; the word says it, the colour only helps. */
export function Badge({ tone = 'plain', children, detail }: BadgeProps) {
  return (
    <span class={tone === 'plain' ? 'badge' : `badge badge-${tone}`} title={detail}>
      {children}
    </span>
  );
}
