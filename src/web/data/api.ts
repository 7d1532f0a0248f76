import { signal } from '@preact/signals';
import { ApiError, networkError, responseError } from './api-error.ts';
import { BASE_PATH } from './base-path.ts';
import { saveFile } from './save-file.ts';
import { clearToken, token } from './session-token.ts';

/** `live` or `recorded`, from the header of every response; undefined before the first. */
export const marketSource = signal<string | undefined>(undefined);

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Record<string, string>;
  /** Status 401 then means a wrong password, not an invalid session. */
  readonly isLogin?: boolean;
}

let unauthorizedHandler: () => void = () => {};

/** Sets what happens when the service refuses the session token or its absence. */
export function onUnauthorized(handler: () => void): void {
  unauthorizedHandler = handler;
}

/**
 * Sends a request with the session token and returns its response.
 * @throws ApiError for status 400 and above, and without a response; AbortError when `signal` is aborted
 */
export async function request(
  path: string,
  init: RequestInit,
  options: RequestOptions = {},
): Promise<Response> {
  const sentToken = token.value;
  const headers = new Headers({ ...(init.headers as Record<string, string>), ...options.headers });
  if (sentToken !== undefined) headers.set('authorization', `Bearer ${sentToken}`);
  let response: Response;
  try {
    response = await fetch(`${BASE_PATH}${path}`, { ...init, headers, signal: options.signal ?? null });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw networkError();
  }
  readMarketSource(response.headers.get('x-market-source'));
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw handleFailure(response.status, text, response.headers.get('retry-after'), sentToken, options);
}

/** @throws ApiError */
export async function getJson<Answer>(path: string, options?: RequestOptions): Promise<Answer> {
  const response = await request(path, { headers: { accept: 'application/json' } }, options);
  return (await response.json()) as Answer;
}

/**
 * Sends a request with an optional JSON body; returns undefined for a response without content.
 * @throws ApiError
 */
export async function sendJson<Answer = undefined>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
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
 * Sends a form with files. It uses XMLHttpRequest because fetch does not report upload progress.
 * @param onProgress receives the bytes sent so far and the bytes in total
 * @throws ApiError; AbortError when `signal` is aborted
 */
export function sendForm<Answer>(
  path: string,
  form: FormData,
  onProgress: (sent: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sentToken = token.value;
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `${BASE_PATH}${path}`);
    if (sentToken !== undefined) xhr.setRequestHeader('authorization', `Bearer ${sentToken}`);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onerror = () => reject(networkError());
    xhr.onabort = () => reject(new DOMException('The upload was canceled.', 'AbortError'));
    xhr.onload = () => {
      readMarketSource(xhr.getResponseHeader('x-market-source'));
      if (xhr.status >= 400) {
        reject(handleFailure(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after'), sentToken));
        return;
      }
      try {
        resolve(JSON.parse(xhr.responseText) as Answer);
      } catch {
        reject(new ApiError({ status: xhr.status, code: 'UNREADABLE' }, 'The response could not be read.'));
      }
    };
    if (signal?.aborted === true) return xhr.onabort(new ProgressEvent('abort'));
    signal?.addEventListener('abort', () => xhr.abort());
    xhr.send(form);
  });
}

/** Downloads a file with the session token. @throws ApiError */
export async function download(path: string, accept: string, fileName: string): Promise<void> {
  const response = await request(path, { headers: { accept } });
  saveFile(await response.blob(), fileName);
}

function readMarketSource(header: string | null): void {
  if (header !== null) marketSource.value = header;
}

/** The service does not accept this token, or a request without one. */
export function refuseToken(sent: string | undefined): void {
  // The response may be to an older token, which says nothing about the current one.
  if (sent !== undefined && token.value === sent) clearToken();
  unauthorizedHandler();
}

function handleFailure(
  status: number,
  text: string,
  retryAfter: string | null,
  sentToken: string | undefined,
  { isLogin = false }: RequestOptions = {},
): ApiError {
  if (status === 401 && !isLogin) refuseToken(sentToken);
  return responseError(status, text, retryAfter);
}
