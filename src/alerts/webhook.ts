import { createHmac } from 'node:crypto';
import type { StoredAlert } from './alert.ts';

/** Where alerts go. */
export interface WebhookSettings {
  readonly url: string;
  /** Signs what is sent; undefined: it is sent unsigned. */
  readonly secret: string | undefined;
}

/** What came of sending: the receiver's status, or why there is none. */
export interface Sent {
  readonly delivered: boolean;
  readonly status: number | null;
  /** A few words without the address, which may be secret. */
  readonly error: string | null;
}

/** Sends an alert once; never throws. `stop` ends it early. */
export type Send = (alert: Pick<StoredAlert, 'id' | 'body'>, stop: AbortSignal) => Promise<Sent>;

const LIMIT_MS = 10_000;
const USER_AGENT = 'paperdesk-alerts';

export interface WebhookParts extends WebhookSettings {
  readonly now: () => number;
  /** How long an attempt may take, in ms. */
  readonly limitMs?: number;
}

/**
 * A receiver of alerts over HTTP. A 2xx is a delivery; redirects are not followed, and of the answer nothing but the
 * status is read.
 */
export function createWebhook({ url, secret, now, limitMs = LIMIT_MS }: WebhookParts): Send {
  return async ({ id, body }, stop) => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
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
        signal: AbortSignal.any([limit.signal, stop]),
      });
      const { status } = answer;
      await answer.body?.cancel().catch(() => {});
      const delivered = status >= 200 && status < 300;
      return { delivered, status, error: delivered ? null : refusalOf(status) };
    } catch (error) {
      const words = limit.signal.aborted ? `no answer within ${limitMs / 1000} s` : failureOf(error);
      return { delivered: false, status: null, error: words };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** `v1=` and the HMAC-SHA256 of timestamp (s), a dot and the body, in hex. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function refusalOf(status: number): string {
  const redirects = status >= 300 && status < 400;
  return redirects ? `answered ${status}; redirects are not followed` : `answered ${status}`;
}

/** The code of what failed: messages may name the address. */
function failureOf(error: unknown): string {
  const { cause, name } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error | undefined)?.name;
  return `could not be reached (${code ?? name})`;
}
