import { signal } from '@preact/signals';
import { BASE_PATH } from './base-path.ts';

/** Other services of the origin have other tokens. */
const KEY = `paperdesk.token${BASE_PATH}`;

/** The token that requests carry in their Authorization header; it is never part of an address. */
export const token = signal<string | undefined>(
  sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined,
);

/** Stores the token for this tab, or on this device. */
export function storeToken(value: string, isForDevice: boolean): void {
  clearToken();
  (isForDevice ? localStorage : sessionStorage).setItem(KEY, value);
  token.value = value;
}

export function clearToken(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  token.value = undefined;
}

// Logging in or out in one tab does the same in all tabs that use the device's token.
addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY && sessionStorage.getItem(KEY) === null) token.value = newValue ?? undefined;
});
