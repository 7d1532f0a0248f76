import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { ConfirmDialog } from './components/dialog.tsx';
import { Skeleton } from './components/loading.tsx';
import { ErrorNotice, Notice } from './components/messages.tsx';
import { Toasts } from './components/toasts.tsx';
import { TopBar } from './components/top-bar.tsx';
import { access, accessError, refreshAccess } from './data/access.ts';
import { packages } from './data/packages.ts';
import { LogIn } from './views/access/log-in.tsx';
import { NotFound } from './views/not-found.tsx';
import { VIEW_ADDRESS, VIEWS, type View, type ViewName } from './views.ts';

const COMPONENTS: Record<ViewName, () => preact.JSX.Element> = {
  desk: lazy(() => import('./views/desk.tsx').then(({ Desk }) => Desk)),
  packages: lazy(() => import('./views/packages.tsx').then(({ Packages }) => Packages)),
  compare: lazy(() => import('./views/compare.tsx').then(({ Compare }) => Compare)),
  factorModels: lazy(() => import('./views/factor-models.tsx').then(({ FactorModels }) => FactorModels)),
  system: lazy(() => import('./views/system.tsx').then(({ System }) => System)),
  access: lazy(() => import('./views/access.tsx').then(({ AccessView }) => AccessView)),
};

/** The whole page. */
export function App() {
  return (
    <LocationProvider scope={VIEW_ADDRESS}>
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <TopBar />
      <Main />
      <ConfirmDialog />
      <Toasts />
    </LocationProvider>
  );
}

function Main() {
  const main = useRef<HTMLElement>(null);
  return (
    <main class="main" id="main" tabIndex={-1} ref={main}>
      <Content onNavigate={() => main.current?.focus({ preventScroll: true })} />
    </main>
  );
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
  const { url } = useLocation();
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
    <Router onRouteChange={onNavigate}>
      {Object.entries<View>(VIEWS).flatMap(([name, { path, subpaths = [] }]) =>
        [path, ...subpaths].map((route) => (
          <Route key={route} path={route} component={COMPONENTS[name as ViewName]} />
        )),
      )}
      <Route default component={NotFound} />
    </Router>
  );
}
