import { useLocation } from 'preact-iso/router';
import { withQuery } from '../../data/urls.ts';
import type { Query } from '../../views.ts';

/** The query of the address, and how to change it; undefined removes a name. */
export function useQuery(): { readonly query: Query; readonly change: (changes: Query) => void } {
  const { path, query, route } = useLocation();
  return { query, change: (changes) => route(withQuery(path, { ...query, ...changes }), true) };
}
