import { addressOf } from '../../data/selected-package.ts';

/** What the address says beside its path. */
type Query = Readonly<Record<string, string | undefined>>;

/** Where the list of models is shown; the selected package stays selected. */
export function listAddress({ model }: Query): string {
  return addressOf('/factor-models', { model });
}

/** Where a model is shown. */
export function modelAddress(name: string, { model }: Query, tab?: string): string {
  return addressOf(`/factor-models/${encodeURIComponent(name)}`, { model, tab });
}

/** Where a symbol of a model is shown, or one of its groups. */
export function symbolAddress(name: string, symbol: string, { model }: Query, group?: string): string {
  const path = `/factor-models/${encodeURIComponent(name)}/${encodeURIComponent(symbol)}`;
  return addressOf(path, { model, group });
}

/** Where the service answers for a model, or for a part of it. */
export function modelRoute(name: string, ...parts: readonly string[]): string {
  return ['/api/models', name, ...parts]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}
