import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { networkError } from '../data/api-error.ts';
import { createResource } from '../data/resource.ts';
import { WhenLoaded } from './when-loaded.tsx';

/** A view whose script is loaded on first use, or before by `start`. */
export interface LazyView {
  (): preact.JSX.Element;
  /** Loads the script, again and again until the service answers; returns how to stop. */
  start(): () => void;
}

/** Makes a view from the import of its script. A script that the service did not send is loaded when it answers again. */
export function lazyView(load: () => Promise<ComponentType>): LazyView {
  const script = createResource(() =>
    load().catch(() => {
      throw networkError();
    }),
  );
  function View() {
    useEffect(() => script.start(), []);
    return <WhenLoaded resource={script}>{(Loaded) => <Loaded />}</WhenLoaded>;
  }
  return Object.assign(View, { start: script.start });
}
