import { render } from 'preact';
import { App } from './app.tsx';
import { refreshAccess } from './data/access.ts';
import { startEvents } from './data/events.ts';
import { reloadAfterUpgrade } from './data/reload-after-upgrade.ts';

reloadAfterUpgrade();
startEvents();
void refreshAccess();
render(<App />, document.getElementById('page')!);
