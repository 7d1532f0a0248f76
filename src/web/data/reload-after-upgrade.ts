import { request } from './api.ts';

const KEY = 'paperdesk.reloaded-at';
const MIN_INTERVAL_MS = 60_000;

/**
 * Reloads the page, at most once a minute, when the service has been upgraded and no longer has the files of the loaded
 * version. While the service does not answer nothing happens: the file is requested again where it is needed.
 */
export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', () => void reloadIfAnswered());
}

async function reloadIfAnswered(): Promise<void> {
  const last = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - last < MIN_INTERVAL_MS || !(await isAnswering())) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}

async function isAnswering(): Promise<boolean> {
  return request('/api/auth/status', {}).then(
    () => true,
    () => false,
  );
}
