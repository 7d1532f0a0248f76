import { useLocation } from 'preact-iso/router';
import { addressOf } from '../../data/selected-package.ts';

/** The query of the address, and how to change parts of it; undefined takes a part away. */
export function useQuery(): {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly change: (parts: Record<string, string | undefined>) => void;
} {
  const { path, query, route } = useLocation();
  return { query, change: (parts) => route(addressOf(path, { ...query, ...parts }), true) };
}
