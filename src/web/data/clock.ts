import { signal } from '@preact/signals';

const TICK_MS = 1000;

/** The time of the browser's clock in ms since the epoch, updated every second. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
