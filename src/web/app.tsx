import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { Bar } from './components/bar.tsx';
import { ConfirmDialog } from './components/dialog.tsx';
import { ErrorNote, Note } from './components/notes.tsx';
import { Toasts } from './components/toasts.tsx';
import { Skeleton } from './components/waiting.tsx';
import { access, accessError, refreshAccess } from './data/access.ts';
import { packages } from './data/packages.ts';
import { LogIn } from './views/access/log-in.tsx';
import { NotFound } from './views/not-found.tsx';
import { ACCESS_VIEW, VIEWS } from './views.ts';

/** Addresses of the service itself are no views: links to them leave the page. */
const PAGE_ADDRESSES = /^\/(?:$|\?|(?:packages|compare|factor-models|system|access)(?:[/?]|$))/;

/** The whole page. */
export function App() {
  return (
    <LocationProvider scope={PAGE_ADDRESSES}>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <Bar />
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
      <Content onMove={() => main.current?.focus({ preventScroll: true })} />
    </main>
  );
}

function Content({ onMove }: { readonly onMove: () => void }) {
  const state = access.value;
  if (state === 'unknown') {
    const error = accessError.value;
    return error === undefined ? (
      <Skeleton />
    ) : (
      <ErrorNote error={error} onRetry={() => void refreshAccess()} />
    );
  }
  return state === 'locked' ? <LogIn /> : <Views onMove={onMove} />;
}

function Views({ onMove }: { readonly onMove: () => void }) {
  useEffect(() => packages.start(), []);
  const { url } = useLocation();
  const [fault] = useErrorBoundary();
  if (fault !== undefined) {
    return (
      <Note tone="bad">
        <p>This view could not be drawn: {String((fault as Error).message ?? fault)}</p>
        <p>
          <a href={url} target="_self" onClick={() => location.reload()}>
            Load the page anew
          </a>
        </p>
      </Note>
    );
  }
  return (
    <Router onRouteChange={onMove}>
      {[...VIEWS, ACCESS_VIEW].flatMap(({ path, parts = [], component }) =>
        [path, ...parts].map((one) => <Route key={one} path={one} component={component} />),
      )}
      <Route default component={NotFound} />
    </Router>
  );
}
