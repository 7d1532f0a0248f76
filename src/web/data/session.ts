import { signal } from '@preact/signals';

const KEY = 'paperdesk.token';

/** The token that requests carry in their Authorization header; never part of an address. */
export const token = signal<string | undefined>(
  sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined,
);

/** Keeps a token for this tab, or on this device for as long as it is valid. */
export function keepToken(value: string, onThisDevice: boolean): void {
  forgetToken();
  (onThisDevice ? localStorage : sessionStorage).setItem(KEY, value);
  token.value = value;
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  token.value = undefined;
}

// Logging in or out in one tab does so in those that share the device's token.
addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY && sessionStorage.getItem(KEY) === null) token.value = newValue ?? undefined;
});
