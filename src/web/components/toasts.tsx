import { toasts } from '../data/toasts.ts';

/** The stack of short messages in the corner; rendered once. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ key, text, tone }) => (
        <div key={key} class={tone === 'plain' ? 'toast user-text' : `toast tone-${tone} user-text`}>
          {text}
        </div>
      ))}
    </div>
  );
}
