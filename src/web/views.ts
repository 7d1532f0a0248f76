import lazy from 'preact-iso/lazy';
import type { IconName } from './components/icons.tsx';

export interface View {
  readonly path: string;
  /** Further addresses of the view: `/factor-models/:name`. */
  readonly parts?: readonly string[];
  readonly label: string;
  readonly icon: IconName;
  readonly component: ReturnType<typeof lazy<() => preact.JSX.Element>>;
}

/** The views of the page, in the order of the navigation. The service knows their paths too: http/plugins/page.ts. */
export const VIEWS: readonly View[] = [
  {
    path: '/',
    label: 'Desk',
    icon: 'desk',
    component: lazy(() => import('./views/desk.tsx').then(({ Desk }) => Desk)),
  },
  {
    path: '/packages',
    parts: ['/packages/:id'],
    label: 'Packages',
    icon: 'packages',
    component: lazy(() => import('./views/packages.tsx').then(({ Packages }) => Packages)),
  },
  {
    path: '/compare',
    parts: ['/compare/:id'],
    label: 'Compare',
    icon: 'compare',
    component: lazy(() => import('./views/compare.tsx').then(({ Compare }) => Compare)),
  },
  {
    path: '/factor-models',
    parts: ['/factor-models/:name', '/factor-models/:name/:symbol'],
    label: 'Factors',
    icon: 'factors',
    component: lazy(() => import('./views/factor-models.tsx').then(({ FactorModels }) => FactorModels)),
  },
  {
    path: '/system',
    label: 'System',
    icon: 'system',
    component: lazy(() => import('./views/system.tsx').then(({ System }) => System)),
  },
];

/** Reached by the lock in the bar. */
export const ACCESS_VIEW: View = {
  path: '/access',
  label: 'Access',
  icon: 'lock',
  component: lazy(() => import('./views/access.tsx').then(({ AccessView }) => AccessView)),
};
