import { type ComponentChildren, options } from 'preact';
import { useMemo } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso/router';
import { BASE_PATH, withoutBase } from '../data/base-path.ts';
import { VIEW_ADDRESS } from '../views.ts';

const BASE_PATTERN = BASE_PATH.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const SCOPE = new RegExp(`^${BASE_PATTERN}${VIEW_ADDRESS.source.slice(1)}`);

/** Lets views name addresses of the service as if no proxy served it below a path: in links, and in `useLocation`. */
export function BaseLocation({ children }: { readonly children: ComponentChildren }) {
  return (
    <LocationProvider scope={SCOPE}>
      <WithoutBase>{children}</WithoutBase>
    </LocationProvider>
  );
}

function WithoutBase({ children }: { readonly children: ComponentChildren }) {
  const location = useLocation();
  const value = useMemo(
    () => ({
      ...location,
      url: withoutBase(location.url),
      path: withoutBase(location.path),
      route: (url: string, replace?: boolean) => location.route(`${BASE_PATH}${url}`, replace),
    }),
    [location],
  );
  return <LocationProvider.ctx.Provider value={value}>{children}</LocationProvider.ctx.Provider>;
}

/** Puts the path of the proxy before the addresses in links; before the page is rendered. */
export function prefixLinks(): void {
  const next = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as { href?: unknown };
    if (vnode.type === 'a' && typeof props.href === 'string' && props.href.startsWith('/'))
      props.href = `${BASE_PATH}${props.href}`;
    next?.(vnode);
  };
}
