const KEY = 'paperdesk.reloaded-at';
const ONCE_IN_MS = 60_000;

/** An upgraded service does not have the parts of an older page any more: the page is then loaded anew, once. */
export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < ONCE_IN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
