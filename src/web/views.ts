import type { IconName } from './components/icons.tsx';
import { withQuery, withSegments } from './data/urls.ts';

export interface View {
  readonly path: string;
  /** Further route patterns of the view, such as `/factor-models/:name`. */
  readonly subpaths?: readonly string[];
  /** In the navigation. */
  readonly label: string;
  readonly icon: IconName;
}

/** All views of the page. The service serves the page at the same paths: http/plugins/web-page.ts. */
export const VIEWS = {
  desk: { path: '/', label: 'Desk', icon: 'desk' },
  packages: { path: '/packages', subpaths: ['/packages/:id'], label: 'Packages', icon: 'packages' },
  compare: { path: '/compare', subpaths: ['/compare/:tab'], label: 'Compare', icon: 'compare' },
  factorModels: {
    path: '/factor-models',
    subpaths: ['/factor-models/:name', '/factor-models/:name/:symbol'],
    label: 'Factors',
    icon: 'factors',
  },
  system: { path: '/system', label: 'System', icon: 'system' },
  access: { path: '/access', label: 'Access', icon: 'lock' },
} as const satisfies Record<string, View>;

export type ViewName = keyof typeof VIEWS;

/** The views of the navigation, in its order. Access has a button of its own. */
export const NAVIGATION: readonly View[] = Object.values(VIEWS).filter((view) => view !== VIEWS.access);

const FIRST_SEGMENTS = Object.values(VIEWS).map(({ path }) => path.slice(1));

/** Matches the addresses of views; links to other addresses of the service leave the page. */
export const VIEW_ADDRESS = new RegExp(
  `^/(?:$|\\?|(?:${FIRST_SEGMENTS.filter(Boolean).join('|')})(?:[/?]|$))`,
);

/** The query of an address: `model` is the selected package or account. */
export type Query = Readonly<Record<string, string | undefined>>;

/** The desk of a package or of an account, or one of its replays. */
export function deskAddress(model: string | undefined, replay?: string): string {
  return withQuery(VIEWS.desk.path, { model, replay });
}

/** The page of one package; the selected package stays selected. */
export function packageAddress(id: string, { model }: Query = {}): string {
  return withQuery(withSegments(VIEWS.packages.path, id), { model });
}

/** The id of the package that `path` shows. */
export function packageIdOf(path: string): string | undefined {
  return /^\/packages\/([^/]+)$/.exec(path)?.[1];
}

export function compareAddress(tab: 'live' | 'replays', query: Query = {}): string {
  const { path } = VIEWS.compare;
  return withQuery(tab === 'live' ? path : withSegments(path, tab), query);
}

/** The form for replays of these packages over the last whole days. */
export function newReplaysAddress(ids: readonly string[], days: number, { model }: Query): string {
  return compareAddress('replays', { model, start: ids.join(','), days: String(days) });
}

/** Two packages side by side. */
export function packageDiffAddress(id: string, other: string, query: Query): string {
  return packageAddress(id, { model: query.model, against: other });
}

/** The list of factor models; the selected package stays selected. */
export function factorModelsAddress({ model }: Query): string {
  return withQuery(VIEWS.factorModels.path, { model });
}

/** One factor model, or a tab of it. */
export function factorModelAddress(name: string, { model }: Query, tab?: string): string {
  return withQuery(withSegments(VIEWS.factorModels.path, name), { model, tab });
}

/** One symbol of a factor model, or one of its groups. */
export function factorSymbolAddress(name: string, symbol: string, { model }: Query, group?: string): string {
  return withQuery(withSegments(VIEWS.factorModels.path, name, symbol), { model, group });
}
