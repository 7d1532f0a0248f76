import { useId } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { access } from '../data/access.ts';
import { marketSource } from '../data/api.ts';
import { now } from '../data/clock.ts';
import { connection, connectNow } from '../data/events.ts';
import { type Theme, theme } from '../data/theme.ts';
import { withQuery } from '../data/urls.ts';
import { localClock, utcClock } from '../format/time.ts';
import { NAVIGATION, VIEWS } from '../views.ts';
import { Icon, type IconName } from './icons.tsx';
import { PackageSelect } from './package-select.tsx';

/** The bar at the top of every view. On phones its navigation is at the bottom of the screen. */
export function TopBar() {
  const hasAccess = access.value === 'open' || access.value === 'session';
  return (
    <header class="top-bar">
      <Brand />
      {hasAccess && <Switcher />}
      {hasAccess && <Navigation />}
      <div class="top-bar-end">
        <RecordedMarket />
        {hasAccess && <ConnectionState />}
        <Clock />
        <ThemeButton />
        <AccessLink />
      </div>
    </header>
  );
}

/** Compare has switches of its own; the selected package stays selected there. */
function Switcher() {
  const { path } = useLocation();
  const isCompare = path === VIEWS.compare.path || path.startsWith(`${VIEWS.compare.path}/`);
  return isCompare ? null : <PackageSelect />;
}

function Brand() {
  const { query } = useLocation();
  return (
    <a class="brand" href={withQuery(VIEWS.desk.path, { model: query.model })} aria-label="paperdesk">
      <svg viewBox="0 0 20 20" width="20" height="20" fill="none" aria-hidden="true">
        <rect width="20" height="20" rx="4" fill="currentColor" />
        <path d="M4 14l4-5 3 2.5L16 5" class="brand-line" />
      </svg>
      <span>paperdesk</span>
    </a>
  );
}

function Navigation() {
  const { path, query } = useLocation();
  const isCurrent = (view: string) =>
    path === view || (view !== VIEWS.desk.path && path.startsWith(`${view}/`));
  return (
    <nav class="nav" aria-label="Views">
      {NAVIGATION.map((view) => (
        <a
          key={view.path}
          href={withQuery(view.path, { model: query.model })}
          aria-current={isCurrent(view.path) ? 'page' : undefined}
        >
          <Icon name={view.icon} size={20} />
          {view.label}
        </a>
      ))}
    </nav>
  );
}

const CONNECTION_LABELS = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  paused: 'Paused',
} as const;

function ConnectionState() {
  const state = connection.value;
  const label = CONNECTION_LABELS[state];
  const classes = `connection connection-${state}`;
  return state === 'reconnecting' || state === 'offline' ? (
    <button type="button" class={classes} title="Reconnect now" onClick={connectNow}>
      <span>{label}</span>
    </button>
  ) : (
    <span class={classes} role="status" aria-label={label} title="Live updates">
      <span>{label}</span>
    </span>
  );
}

/** Says that the market is not today's, and what that means. */
function RecordedMarket() {
  const id = useId();
  if (marketSource.value === undefined || marketSource.value === 'live') return null;
  return (
    <>
      <button type="button" class="badge tone-warn recorded-market" popovertarget={id}>
        Recorded<span class="long-word"> market</span>
      </button>
      <div id={id} popover="auto" class="popover">
        <p>
          Prices come from a recording that is moved in time, not from today’s market. Where its parts meet,
          prices are scaled to join, so that returns stay real.
        </p>
      </div>
    </>
  );
}

function Clock() {
  return (
    <div class="clock" title={localClock(now.value)}>
      <b>{utcClock(now.value)}</b> UTC
    </div>
  );
}

const THEMES: Record<Theme, { next: Theme; icon: IconName; label: string }> = {
  system: { next: 'light', icon: 'half', label: 'System theme; switch to light' },
  light: { next: 'dark', icon: 'light', label: 'Light theme; switch to dark' },
  dark: { next: 'system', icon: 'dark', label: 'Dark theme; switch to system' },
};

function ThemeButton() {
  const { next, icon, label } = THEMES[theme.value];
  return (
    <button
      type="button"
      class="button button-icon"
      aria-label={label}
      title={label}
      onClick={() => {
        theme.value = next;
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

function AccessLink() {
  const { path, query } = useLocation();
  const { path: accessPath, label, icon } = VIEWS.access;
  return (
    <a
      class="button button-icon"
      href={withQuery(accessPath, { model: query.model })}
      aria-label={label}
      title="Access: password, sessions, tokens"
      aria-current={path === accessPath ? 'page' : undefined}
    >
      <Icon name={icon} />
    </a>
  );
}
