import { signal } from '@preact/signals';
import { ApiError, refusal, unreachable } from './api-error.ts';
import { saveFile } from './save-file.ts';
import { forgetToken, token } from './session.ts';

/** `live` or `recorded`, as every answer says; undefined before the first. */
export const marketSource = signal<string | undefined>(undefined);

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Record<string, string>;
  /** The answer 401 says something of the request itself (a wrong password), not of the session. */
  readonly isLogin?: boolean;
}

let whenUnauthorized: () => void = () => {};

/** What to do when the service wants a token, or another one. */
export function onUnauthorized(handler: () => void): void {
  whenUnauthorized = handler;
}

/**
 * Sends a request with the session's token and answers the response, whatever its status was below 400.
 * @throws ApiError with the service's sentence; AbortError when the signal said so
 */
export async function request(
  path: string,
  init: RequestInit,
  options: RequestOptions = {},
): Promise<Response> {
  const sent = token.value;
  const headers = new Headers({ ...(init.headers as Record<string, string>), ...options.headers });
  if (sent !== undefined) headers.set('authorization', `Bearer ${sent}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, signal: options.signal ?? null });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw unreachable();
  }
  noticeMarketSource(response.headers.get('x-market-source'));
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw refused(response.status, text, response.headers.get('retry-after'), sent, options);
}

/** @throws ApiError */
export async function getJson<Answer>(path: string, options?: RequestOptions): Promise<Answer> {
  const response = await request(path, { headers: { accept: 'application/json' } }, options);
  return (await response.json()) as Answer;
}

/**
 * Sends POST, PATCH or DELETE with a JSON body, where there is one; answers undefined where there is no content.
 * @throws ApiError
 */
export async function sendJson<Answer = undefined>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options?: RequestOptions,
): Promise<Answer> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  const response = await request(path, init, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/**
 * Sends a form with files and tells how many bytes have left (fetch cannot).
 * @param onProgress is told the bytes sent and the bytes in all
 * @throws ApiError; AbortError when the signal said so
 */
export function sendForm<Answer>(
  path: string,
  form: FormData,
  onProgress: (sent: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = token.value;
    const upload = new XMLHttpRequest();
    upload.open('POST', path);
    if (sent !== undefined) upload.setRequestHeader('authorization', `Bearer ${sent}`);
    upload.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    upload.onerror = () => reject(unreachable());
    upload.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    upload.onload = () => {
      noticeMarketSource(upload.getResponseHeader('x-market-source'));
      if (upload.status >= 400) {
        reject(refused(upload.status, upload.responseText, upload.getResponseHeader('retry-after'), sent));
        return;
      }
      try {
        resolve(JSON.parse(upload.responseText) as Answer);
      } catch {
        reject(new ApiError({ status: upload.status, code: 'UNREADABLE' }, 'The answer could not be read.'));
      }
    };
    if (signal?.aborted === true) return upload.onabort(new ProgressEvent('abort'));
    signal?.addEventListener('abort', () => upload.abort());
    upload.send(form);
  });
}

/** Fetches a file with the session's token and hands it to the browser's downloads. @throws ApiError */
export async function download(path: string, accept: string, fileName: string): Promise<void> {
  const response = await request(path, { headers: { accept } });
  saveFile(await response.blob(), fileName);
}

function noticeMarketSource(value: string | null): void {
  if (value !== null) marketSource.value = value;
}

function refused(
  status: number,
  text: string,
  retryAfter: string | null,
  sent: string | undefined,
  { isLogin = false }: RequestOptions = {},
): ApiError {
  if (status === 401 && !isLogin) {
    // A late refusal of an older token says nothing of the present one.
    if (sent !== undefined && token.value === sent) forgetToken();
    whenUnauthorized();
  }
  return refusal(status, text, retryAfter);
}
