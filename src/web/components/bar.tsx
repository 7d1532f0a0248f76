import { useLocation } from 'preact-iso/router';
import { access } from '../data/access.ts';
import { marketSource } from '../data/api.ts';
import { now } from '../data/clock.ts';
import { connection, connectNow } from '../data/events.ts';
import { addressOf } from '../data/selected-package.ts';
import { type Theme, theme } from '../data/theme.ts';
import { localClock, utcClock } from '../format/time.ts';
import { VIEWS } from '../views.ts';
import { Icon, type IconName } from './icons.tsx';
import { PackageChoice } from './package-choice.tsx';

/** The bar on top of every view; on phones the navigation lies at the bottom. */
export function Bar() {
  const isIn = access.value === 'open' || access.value === 'session';
  return (
    <>
      <header class="bar">
        <Brand />
        {isIn && <PackageChoice />}
        {isIn && <Navigation />}
        <div class="bar-end">
          {isIn && <ConnectionState />}
          <Clock />
          <ThemeChoice />
          <AccessLink />
        </div>
      </header>
      {marketSource.value !== undefined && marketSource.value !== 'live' && (
        <div class="recorded" role="note">
          <b>RECORDED MARKET</b>
          <span>Prices are a recording moved in time, not today’s market.</span>
        </div>
      )}
    </>
  );
}

function Brand() {
  return (
    <a class="brand" href="/" aria-label="paperdesk">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="currentColor" />
        <path
          d="M6 21l6-6 4 4 10-11M6 26h20"
          fill="none"
          stroke="#fff"
          stroke-width="2.6"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </svg>
      <span>paperdesk</span>
    </a>
  );
}

function Navigation() {
  const { path, query } = useLocation();
  const isAt = (view: string) => (view === '/' ? path === '/' : path === view || path.startsWith(`${view}/`));
  return (
    <nav class="nav" aria-label="Views">
      {VIEWS.map((view) => (
        <a
          key={view.path}
          href={addressOf(view.path, { model: query.model })}
          aria-current={isAt(view.path) ? 'page' : undefined}
        >
          <Icon name={view.icon} size={20} />
          {view.label}
        </a>
      ))}
    </nav>
  );
}

const CONNECTION_WORDS = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  paused: 'Paused',
} as const;

function ConnectionState() {
  const state = connection.value;
  const text = <span>{CONNECTION_WORDS[state]}</span>;
  const classes = `connection connection-${state}`;
  return state === 'reconnecting' || state === 'offline' ? (
    <button type="button" class={classes} title="Try at once" onClick={connectNow}>
      {text}
    </button>
  ) : (
    <span class={classes} role="status" aria-label={CONNECTION_WORDS[state]} title="Updates of this page">
      {text}
    </span>
  );
}

function Clock() {
  return (
    <div class="clock">
      <b>{utcClock(now.value)} UTC</b>
      <span>{localClock(now.value)}</span>
    </div>
  );
}

const THEMES: Record<Theme, { next: Theme; icon: IconName; label: string }> = {
  system: { next: 'light', icon: 'half', label: 'Colours as the system has them; change to light' },
  light: { next: 'dark', icon: 'light', label: 'Light; change to dark' },
  dark: { next: 'system', icon: 'dark', label: 'Dark; change to the system’s' },
};

function ThemeChoice() {
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
  return (
    <a
      class="button button-icon"
      href={addressOf('/access', { model: query.model })}
      aria-label="Access"
      title="Access: password, sessions, tokens"
      aria-current={path === '/access' ? 'page' : undefined}
    >
      <Icon name="lock" />
    </a>
  );
}
