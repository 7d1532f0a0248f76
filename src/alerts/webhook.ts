import { createHmac } from 'node:crypto';
import type { Fetch } from '../runtime/outgoing/outgoing.ts';
import type { StoredAlert } from './alert.ts';

/** The receiver of alerts. */
export interface WebhookSettings {
  readonly url: string;
  /** Signs each request; undefined: requests are not signed. */
  readonly secret: string | undefined;
}

/** The receiver's status, or why there is none. */
export interface SendResult {
  readonly delivered: boolean;
  readonly status: number | null;
  /** Without the address, which may be secret. */
  readonly error: string | null;
}

/** Sends an alert once; never throws. `stop` cancels it. */
export type Send = (alert: Pick<StoredAlert, 'id' | 'body'>, stop: AbortSignal) => Promise<SendResult>;

const TIMEOUT_MS = 10_000;
const USER_AGENT = 'paperdesk-alerts';

export interface WebhookOptions extends WebhookSettings {
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly timeoutMs?: number;
}

/**
 * Sends alerts by HTTP POST. A 2xx status is a delivery. Redirects are not followed, and nothing but the status of the
 * answer is read.
 */
export function createWebhook(options: WebhookOptions): Send {
  const { url, secret, fetch, now, timeoutMs = TIMEOUT_MS } = options;
  return async ({ id, body }, stop) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const timestamp = String(Math.floor(now() / 1000));
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          'x-paperdesk-alert': id,
          'x-paperdesk-timestamp': timestamp,
          ...(secret === undefined ? {} : { 'x-paperdesk-signature': signatureOf(secret, timestamp, body) }),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, stop]),
      });
      const { status } = answer;
      await answer.body?.cancel().catch(() => {});
      if (status >= 200 && status < 300) return { delivered: true, status, error: null };
      const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
      return { delivered: false, status, error: `answered ${status}${redirect}` };
    } catch (error) {
      const reason = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : failureOf(error);
      return { delivered: false, status: null, error: reason };
    }
  };
}

/** `v1=` and the HMAC-SHA256 of `<timestamp in s>.<body>`, in hex. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Only the error's code: its message may name the address. */
function failureOf(error: unknown): string {
  const { cause, name } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error | undefined)?.name;
  return `could not be reached (${code ?? name})`;
}
