import { useLocation } from 'preact-iso/router';
import { withoutBase } from '../../data/base-path.ts';
import { withQuery } from '../../data/urls.ts';
import type { Query } from '../../views.ts';

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
