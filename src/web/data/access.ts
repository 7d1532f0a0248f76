import { computed, signal } from '@preact/signals';
import type { LoginAnswer, SessionsEndedAnswer, StatusAnswer } from '../../http/auth/schema.ts';
import { getJson, onUnauthorized, sendJson } from './api.ts';
import { type ApiError, apiErrorOf } from './api-error.ts';
import { forgetToken, keepToken, token } from './session.ts';

/** Whether the service has a password; undefined until it said so. */
const hasPassword = signal<boolean | undefined>(undefined);
/** Why the first question could not be answered. */
export const accessError = signal<ApiError | undefined>(undefined);

/** `open` without a password; `locked` until somebody logs in; then `session`. */
export const access = computed<'unknown' | 'open' | 'locked' | 'session'>(() => {
  if (token.value !== undefined && hasPassword.value !== false) return 'session';
  if (hasPassword.value === undefined) return 'unknown';
  return hasPassword.value ? 'locked' : 'open';
});

/** Asks whether there is a password. */
export async function refreshAccess(): Promise<void> {
  try {
    const { initialized } = await getJson<StatusAnswer>('/api/auth/status');
    if (!initialized && token.value !== undefined) forgetToken();
    hasPassword.value = initialized;
    accessError.value = undefined;
  } catch (error) {
    accessError.value = apiErrorOf(error);
  }
}

// A password may have been set since, by somebody else.
onUnauthorized(() => {
  if (hasPassword.value !== true) void refreshAccess();
});

/** @throws ApiError: wrong password, too many attempts, no password yet */
export async function logIn(password: string, onThisDevice: boolean): Promise<void> {
  const answer = await sendJson<LoginAnswer>('POST', '/api/auth/login', { password }, { isLogin: true });
  hasPassword.value = true;
  keepToken(answer.token, onThisDevice);
}

/** Sets the first password and logs in with it. @throws ApiError when there is one already */
export async function setFirstPassword(password: string, onThisDevice: boolean): Promise<void> {
  await sendJson('POST', '/api/auth/bootstrap', { password }, { isLogin: true });
  await logIn(password, onThisDevice);
}

/** Ends this session here even if the service cannot be told. */
export async function logOut(): Promise<void> {
  try {
    await sendJson('POST', '/api/auth/logout');
  } finally {
    forgetToken();
  }
}

/** Ends every session, this one too; answers how many there were. @throws ApiError */
export async function endAllSessions(): Promise<number> {
  const { ended } = await sendJson<SessionsEndedAnswer>('POST', '/api/auth/logout-all');
  forgetToken();
  return ended;
}
