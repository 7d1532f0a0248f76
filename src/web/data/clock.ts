import { signal } from '@preact/signals';

const TICK_MS = 1000;

/** The time by the browser's clock, ms since the epoch, once a second. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
