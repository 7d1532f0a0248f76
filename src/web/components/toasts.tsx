import { useLayoutEffect, useRef } from 'preact/hooks';
import { toasts } from '../data/toasts.ts';

/** The places of short messages, in the order of preference. */
const PLACES = ['bottom-left', 'bottom-right', 'bottom', 'top-left', 'top-right'] as const;

const CLICKABLE = 'a[href], button, input, select, textarea, summary, label, [role=tab], [role=option]';

/** The stack of short messages, at the first place where it covers nothing that can be clicked; rendered once. */
export function Toasts() {
  const stack = useRef<HTMLDivElement>(null);
  const shown = toasts.value;
  useLayoutEffect(() => {
    const element = stack.current!;
    if (shown.length > 0) placeBeside(element);
  }, [shown]);
  return (
    <div class="toasts" role="status" aria-live="polite" ref={stack}>
      {shown.map(({ key, text, tone }) => (
        <div key={key} class={tone === 'plain' ? 'toast user-text' : `toast tone-${tone} user-text`}>
          {text}
        </div>
      ))}
    </div>
  );
}

function placeBeside(stack: HTMLElement): void {
  const obstacles = Array.from(document.querySelectorAll(CLICKABLE), (one) => one.getBoundingClientRect());
  for (const place of PLACES) {
    stack.dataset.place = place;
    const own = stack.getBoundingClientRect();
    if (!obstacles.some((other) => overlap(own, other))) return;
  }
  // Clicks go through it everywhere.
  stack.dataset.place = PLACES[0];
}

function overlap(a: DOMRect, b: DOMRect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
