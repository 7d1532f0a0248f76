import { useLocation } from 'preact-iso/router';
import type { Query } from '../views.ts';
import { withoutBase } from './base-path.ts';
import { withQuery } from './urls.ts';

/**
 * The query of the address, and how to change it; undefined removes a name. A change is one of the address as it is then, which
 * may be newer than what was rendered.
 */
export function useQuery(): { readonly query: Query; readonly change: (changes: Query) => void } {
  const { query, route } = useLocation();
  const change = (changes: Query) => {
    const { pathname, search } = location;
    route(
      withQuery(withoutBase(pathname), { ...Object.fromEntries(new URLSearchParams(search)), ...changes }),
      true,
    );
  };
  return { query, change };
}
