import { render } from 'preact';
import { App } from './app.tsx';
import { prefixLinks } from './components/base-location.tsx';
import { refreshAccess } from './data/access.ts';
import { BASE_PATH } from './data/base-path.ts';
import { startEvents } from './data/events.ts';
import { reloadAfterUpgrade } from './data/reload-after-upgrade.ts';
import { VIEWS } from './views.ts';

/** Begins to load what the desk needs: its chart library beside the data that it draws, not after it. */
async function preloadDesk(): Promise<void> {
  await Promise.all([import('./views/desk.tsx'), import('./charts/chart-library.ts')]);
}

/** Its address is relative; browsers resolve it again, from another one, when the address of the page changes. */
function fixIcon(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')!;
  icon.setAttribute('href', icon.href);
}

fixIcon();
reloadAfterUpgrade();
// What fails here is imported again, and the failure shown, where it is needed.
if (location.pathname === `${BASE_PATH}${VIEWS.desk.path}`) preloadDesk().catch(() => {});
prefixLinks();
startEvents();
void refreshAccess();
render(<App />, document.getElementById('page')!);
