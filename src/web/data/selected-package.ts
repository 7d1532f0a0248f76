import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { packages } from './packages.ts';

const PACKAGE_PATH = /^\/packages\/([^/]+)$/;

/** The package that `/packages/<id>` or `?model=` names; where the address names none, the newest that is in use. */
export function useSelectedPackage(): {
  readonly id: string | undefined;
  /** Undefined while packages are loaded, and when there is none by that id. */
  readonly selected: ModelPackageAnswer | undefined;
  select(id: string): void;
} {
  const { path, query, route } = useLocation();
  const all = packages.data.value;
  const inPath = PACKAGE_PATH.exec(path)?.[1];
  const id = inPath ?? query.model ?? all?.find(({ status }) => status !== 'ARCHIVED')?.id;
  return {
    id,
    selected: all?.find((one) => one.id === id),
    select: (chosen) => {
      const view = inPath === undefined ? path : `/packages/${chosen}`;
      route(addressOf(view, { ...query, model: chosen }));
    },
  };
}

/** Another view, with the selected package kept. */
export function addressOf(path: string, query: Record<string, string | undefined>): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(entries).toString();
  return search === '' ? path : `${path}?${search}`;
}
