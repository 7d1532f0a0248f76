import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'paperdesk.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** The chosen theme; `system` follows the browser. */
export const theme = signal<Theme>(readChoice());
/** Whether the page is shown in the dark theme. */
export const isDark = signal(false);

effect(() => {
  const choice = theme.value;
  document.documentElement.dataset.theme = choice;
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  isDark.value = choice === 'dark' || (choice === 'system' && systemIsDark.matches);
});
systemIsDark.addEventListener('change', () => {
  if (theme.value === 'system') isDark.value = systemIsDark.matches;
});

function readChoice(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}
