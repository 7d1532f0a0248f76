import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface ChangingProps {
  /** Fades when this changes. */
  readonly value: string | number | undefined;
  readonly children: ComponentChildren;
}

/** A number whose background fades when it changes. */
export function Changing({ value, children }: ChangingProps) {
  const shown = useRef(value);
  const hasChanged = shown.current !== undefined && shown.current !== value;
  shown.current = value;
  return (
    <span key={value} class={hasChanged ? 'changed' : undefined}>
      {children}
    </span>
  );
}
