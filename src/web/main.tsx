import { render } from 'preact';
import { App } from './app.tsx';
import { refreshAccess } from './data/access.ts';
import { startEvents } from './data/events.ts';
import { reloadAfterUpgrade } from './data/reload-after-upgrade.ts';
import { VIEWS } from './views.ts';

/** Begins to load what the desk needs: its chart library beside the data that it draws, not after it. */
async function preloadDesk(): Promise<void> {
  await Promise.all([import('./views/desk.tsx'), import('./charts/chart-library.ts')]);
}

reloadAfterUpgrade();
// What fails here is imported again, and the failure shown, where it is needed.
if (location.pathname === VIEWS.desk.path) preloadDesk().catch(() => {});
startEvents();
void refreshAccess();
render(<App />, document.getElementById('page')!);
