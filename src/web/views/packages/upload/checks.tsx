import type { ComponentChildren } from 'preact';
import { Spinner } from '../../../components/loading.tsx';

export type CheckState = 'passed' | 'failed' | 'running' | 'waiting';

/** What is checked on the way of a package into the service. */
export interface Check {
  readonly label: ComponentChildren;
  readonly state: CheckState;
  /** A few words at the end of the line. */
  readonly detail?: string | undefined;
}

const MARKS: Record<CheckState, string> = { passed: '✓', failed: '✕', running: '', waiting: '•' };

/** Checks as a list; the words for screen readers repeat the marks. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <ul class="checks">
      {checks.map(({ label, state, detail }, position) => (
        <li key={position} class={`check check-${state}`}>
          <span class="check-mark" aria-hidden="true">
            {state === 'running' ? <Spinner /> : MARKS[state]}
          </span>
          <span class="user-text">
            {label}
            <span class="visually-hidden">{`, ${state}`}</span>
          </span>
          <span class="muted small user-text">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
