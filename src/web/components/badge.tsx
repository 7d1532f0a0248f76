import type { ComponentChildren } from 'preact';

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
  /** Tooltip. */
  readonly detail?: string | undefined;
}

/** A state in one or two words. The words carry the meaning; the color only supports it. */
export function Badge({ tone = 'plain', children, detail }: BadgeProps) {
  return (
    <span class={tone === 'plain' ? 'badge' : `badge tone-${tone}`} title={detail}>
      {children}
    </span>
  );
}
