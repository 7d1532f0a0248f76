import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventKind } from '../../events/event-hub.ts';
import { type ApiError, apiErrorOf } from './api-error.ts';
import { onEvents, type PageEvent } from './events.ts';

/** Something of the service that a view shows: the newest data, and what became of the last attempt to get it. */
export interface Resource<Data> {
  /** Kept while it is loaded again, and when that fails. */
  readonly data: ReadonlySignal<Data | undefined>;
  readonly error: ReadonlySignal<ApiError | undefined>;
  readonly loading: ReadonlySignal<boolean>;
  /** When the data came, ms since the epoch. */
  readonly loadedAt: ReadonlySignal<number | undefined>;
  reload(): void;
  /** Shows this until the next load, for example what the answer to a command said. */
  set(data: Data): void;
}

export interface ResourceOptions {
  /** Kinds of events after which it is loaded again. */
  readonly reloadOn?: readonly EventKind[];
  /** Which of those events matter; all unless given. */
  readonly matters?: (event: PageEvent) => boolean;
  /** Loads it again after this many ms, for what no event tells. */
  readonly everyMs?: number;
}

/** Events come in crowds; one load answers them all. */
const GATHERING_MS = 200;
const RETRY_MS = 5000;

/** A resource that is not bound to a component; `start` loads it and answers how to stop. */
export function createResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  options: ResourceOptions = {},
): Resource<Data> & { start(): () => void } {
  const data = signal<Data | undefined>(undefined);
  const error = signal<ApiError | undefined>(undefined);
  const loading = signal(false);
  const loadedAt = signal<number | undefined>(undefined);
  let stop: AbortController | undefined;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (loading.peek()) {
      again = true;
      return;
    }
    clearTimeout(timer);
    loading.value = true;
    try {
      const loaded = await load(signal);
      if (signal.aborted) return;
      batch(() => {
        data.value = loaded;
        error.value = undefined;
        loadedAt.value = Date.now();
      });
    } catch (reason) {
      if (signal.aborted) return;
      error.value = apiErrorOf(reason);
    } finally {
      if (!signal.aborted) loading.value = false;
    }
    if (again) {
      again = false;
      return run(signal);
    }
    const wait = isPassing(error.peek()) ? RETRY_MS : options.everyMs;
    if (wait !== undefined) timer = setTimeout(() => void run(signal), wait);
  }

  return {
    data,
    error,
    loading,
    loadedAt,
    reload: () => {
      if (stop !== undefined) void run(stop.signal);
    },
    set: (value) => {
      data.value = value;
    },
    start() {
      const controller = new AbortController();
      stop = controller;
      let gathering: ReturnType<typeof setTimeout> | undefined;
      const forget = onEvents(options.reloadOn ?? [], (event) => {
        if (event.kind !== 'reset' && options.matters?.(event) === false) return;
        clearTimeout(gathering);
        gathering = setTimeout(() => void run(controller.signal), GATHERING_MS);
      });
      void run(controller.signal);
      return () => {
        controller.abort();
        forget();
        clearTimeout(gathering);
        clearTimeout(timer);
        batch(() => {
          loading.value = false;
        });
        again = false;
        if (stop === controller) stop = undefined;
      };
    },
  };
}

/** What passes by itself: no answer, or a service that cannot just now. */
function isPassing(error: ApiError | undefined): boolean {
  return error !== undefined && (error.code === 'NETWORK' || error.status === 503);
}

/**
 * A resource for as long as the component is there; made anew, without the old data, when a dependency changes.
 * @param dependencies what `load` reads from outside, compared one by one
 */
export function useResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  dependencies: readonly (string | number | boolean | null | undefined)[],
  options?: ResourceOptions,
): Resource<Data> {
  const key = JSON.stringify(dependencies);
  const held = useRef<{ key: string; resource: ReturnType<typeof createResource<Data>> } | undefined>(
    undefined,
  );
  if (held.current?.key !== key) held.current = { key, resource: createResource(load, options) };
  const { resource } = held.current;
  useEffect(() => resource.start(), [resource]);
  return resource;
}
