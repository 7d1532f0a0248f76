import { computed, signal } from '@preact/signals';
import type { LoginAnswer, SessionsEndedAnswer, StatusAnswer } from '../../http/auth/schema.ts';
import { getJson, onUnauthorized, sendJson } from './api.ts';
import { type ApiError, toApiError } from './api-error.ts';
import { retryDelay } from './retry-delay.ts';
import { clearToken, storeToken, token } from './session-token.ts';

/** Whether the service has a password; undefined until the service has answered. */
const hasPassword = signal<boolean | undefined>(undefined);
/** Why it is not known whether the service has a password. */
export const accessError = signal<ApiError | undefined>(undefined);

/** `open`: there is no password; `locked`: there is one, and the user is not logged in; `session`: logged in. */
export const access = computed<'unknown' | 'open' | 'locked' | 'session'>(() => {
  if (token.value !== undefined && hasPassword.value !== false) return 'session';
  if (hasPassword.value === undefined) return 'unknown';
  return hasPassword.value ? 'locked' : 'open';
});

let failures = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;

/** Reads from the service whether it has a password, again and again until it answers. */
export async function refreshAccess(): Promise<void> {
  clearTimeout(retryTimer);
  try {
    const { initialized } = await getJson<StatusAnswer>('/api/auth/status');
    if (!initialized && token.value !== undefined) clearToken();
    hasPassword.value = initialized;
    accessError.value = undefined;
    failures = 0;
  } catch (error) {
    accessError.value = toApiError(error);
    failures += 1;
    retryTimer = setTimeout(() => void refreshAccess(), retryDelay(failures));
  }
}

// Another client may have set a password in the meantime.
onUnauthorized(() => {
  if (hasPassword.value !== true) void refreshAccess();
});

/** @throws ApiError: wrong password, too many attempts, no password yet */
export async function logIn(password: string, staysLoggedIn: boolean): Promise<void> {
  const answer = await sendJson<LoginAnswer>('POST', '/api/auth/login', { password }, { isLogin: true });
  hasPassword.value = true;
  storeToken(answer.token, staysLoggedIn);
}

/** Sets the first password and logs in with it. @throws ApiError if there is a password already */
export async function setFirstPassword(password: string, staysLoggedIn: boolean): Promise<void> {
  await sendJson('POST', '/api/auth/bootstrap', { password }, { isLogin: true });
  await logIn(password, staysLoggedIn);
}

/** Ends this session; the page forgets its token even if the service cannot be reached. @throws ApiError */
export async function logOut(): Promise<void> {
  try {
    await sendJson('POST', '/api/auth/logout');
  } finally {
    clearToken();
  }
}

/** Ends all sessions, including this one, and returns how many there were. @throws ApiError */
export async function endAllSessions(): Promise<number> {
  const { ended } = await sendJson<SessionsEndedAnswer>('POST', '/api/auth/logout-all');
  clearToken();
  return ended;
}
