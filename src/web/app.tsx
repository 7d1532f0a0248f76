import { useEffect, useErrorBoundary, useLayoutEffect, useRef } from 'preact/hooks';
import { Route, Router, useLocation } from 'preact-iso/router';
import { BaseLocation } from './components/base-location.tsx';
import { ConfirmDialog } from './components/dialog.tsx';
import { type LazyView, lazyView } from './components/lazy-view.tsx';
import { Skeleton } from './components/loading.tsx';
import { ErrorNotice, Notice } from './components/messages.tsx';
import { OfflineNotice } from './components/offline-notice.tsx';
import { Toasts } from './components/toasts.tsx';
import { TopBar } from './components/top-bar.tsx';
import { access, accessError, refreshAccess } from './data/access.ts';
import { connection } from './data/events.ts';
import { packages } from './data/packages.ts';
import { whenIdle } from './data/when-idle.ts';
import { LogIn } from './views/access/log-in.tsx';
import { NotFound } from './views/not-found.tsx';
import { VIEWS, type View, type ViewName } from './views.ts';

const COMPONENTS: Record<ViewName, LazyView> = {
  desk: lazyView(() => import('./views/desk.tsx').then(({ Desk }) => Desk)),
  packages: lazyView(() => import('./views/packages.tsx').then(({ Packages }) => Packages)),
  compare: lazyView(() => import('./views/compare.tsx').then(({ Compare }) => Compare)),
  factorModels: lazyView(() => import('./views/factor-models.tsx').then(({ FactorModels }) => FactorModels)),
  system: lazyView(() => import('./views/system.tsx').then(({ System }) => System)),
  access: lazyView(() => import('./views/access.tsx').then(({ AccessView }) => AccessView)),
};

/** Loaded when there is time, so that views open at once, and also while the service does not answer. */
const SCRIPTS = Object.values(COMPONENTS).map((view) => () => void view.start());

/** The whole page. */
export function App() {
  return (
    <BaseLocation>
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <TopBar />
      <OfflineNotice />
      <Main />
      <ConfirmDialog />
      <Toasts />
    </BaseLocation>
  );
}

function Main() {
  const main = useRef<HTMLElement>(null);
  const isOffline = connection.value === 'offline';
  useFocusKept(isOffline);
  return (
    <main class={isOffline ? 'main stale' : 'main'} id="main" tabIndex={-1} ref={main} inert={isOffline}>
      <Content onNavigate={() => main.current?.focus({ preventScroll: true })} />
    </main>
  );
}

/** Returns the focus, once an element is not inert any more, to what had it before. */
function useFocusKept(isInert: boolean): void {
  const wasInert = useRef(false);
  const focused = useRef<Element | null>(null);
  // The browser takes the focus away as soon as the element is inert.
  if (isInert && !wasInert.current) focused.current = document.activeElement;
  wasInert.current = isInert;
  useLayoutEffect(() => {
    if (isInert || document.activeElement !== document.body) return;
    if (focused.current instanceof HTMLElement) focused.current.focus({ preventScroll: true });
  }, [isInert]);
}

interface ContentProps {
  readonly onNavigate: () => void;
}

function Content({ onNavigate }: ContentProps) {
  const state = access.value;
  if (state === 'locked') return <LogIn />;
  if (state !== 'unknown') return <Views onNavigate={onNavigate} />;
  const error = accessError.value;
  return error === undefined ? <Skeleton /> : <ErrorNotice error={error} onRetry={refreshAccess} />;
}

function Views({ onNavigate }: ContentProps) {
  useEffect(() => packages.start(), []);
  useEffect(() => whenIdle(SCRIPTS), []);
  const { path, url } = useLocation();
  const shownPath = useRef(path);
  const [error] = useErrorBoundary();
  if (error !== undefined) {
    return (
      <Notice tone="bad">
        <p>This view failed: {String((error as Error).message ?? error)}</p>
        <p>
          <a href={url} target="_self" onClick={() => location.reload()}>
            Reload the page
          </a>
        </p>
      </Notice>
    );
  }
  return (
    <Router
      onRouteChange={(changed) => {
        const newPath = new URL(changed, location.href).pathname;
        // A choice within a view changes the query only, and keeps the focus.
        if (newPath !== shownPath.current) onNavigate();
        shownPath.current = newPath;
      }}
    >
      {Object.entries<View>(VIEWS).flatMap(([name, { path, subpaths = [] }]) =>
        [path, ...subpaths].map((route) => (
          <Route key={route} path={route} component={COMPONENTS[name as ViewName]} />
        )),
      )}
      <Route default component={NotFound} />
    </Router>
  );
}
