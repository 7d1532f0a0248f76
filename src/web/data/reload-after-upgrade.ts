const KEY = 'paperdesk.reloaded-at';
const MIN_INTERVAL_MS = 60_000;

/** Reloads the page, once, when the service has been upgraded and no longer has the files of the loaded version. */
export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < MIN_INTERVAL_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
