import { toasts } from '../data/toasts.ts';

/** What was done, told in passing; stands once in the page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ key, text, tone }) => (
        <div key={key} class={tone === 'plain' ? 'toast foreign' : `toast toast-${tone} foreign`}>
          {text}
        </div>
      ))}
    </div>
  );
}
