import { signal } from '@preact/signals';

export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

export const toasts = signal<readonly Toast[]>([]);

const SHOWN_MS = 5000;
let count = 0;

/** Shows a short message for a few seconds. Errors belong in the view, as an ErrorNotice. */
export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  count += 1;
  const key = count;
  toasts.value = [...toasts.value, { key, text, tone }];
  setTimeout(() => {
    toasts.value = toasts.value.filter((one) => one.key !== key);
  }, SHOWN_MS);
}
