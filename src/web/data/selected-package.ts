import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { packageAddress, packageIdOf } from '../views.ts';
import { packages } from './packages.ts';
import { withQuery } from './urls.ts';

/** The package that the address names (`/packages/<id>` or `?model=`), else the newest that is not archived. */
export function useSelectedPackage(): {
  readonly id: string | undefined;
  /** undefined until packages are loaded, and where there is none by that id. */
  readonly selected: ModelPackageAnswer | undefined;
  select(id: string): void;
} {
  const { path, query, route } = useLocation();
  const all = packages.data.value;
  const idInPath = packageIdOf(path);
  const id = idInPath ?? query.model ?? all?.find(({ status }) => status !== 'ARCHIVED')?.id;
  return {
    id,
    selected: all?.find((one) => one.id === id),
    select: (model) =>
      route(idInPath === undefined ? withQuery(path, { ...query, model }) : packageAddress(model, query)),
  };
}
