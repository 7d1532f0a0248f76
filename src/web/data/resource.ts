import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventKind } from '../../events/event-hub.ts';
import { getJson } from './api.ts';
import { type ApiError, toApiError } from './api-error.ts';
import { atMostEvery } from './at-most-every.ts';
import { connection, onEvents, type PageEvent } from './events.ts';
import { retryDelay } from './retry-delay.ts';

/** Data of the service that a view shows and that is reloaded after changes. */
export interface Resource<Data> {
  /** The newest data; stays while it is loaded again, and when that fails. */
  readonly data: ReadonlySignal<Data | undefined>;
  /** Why the last load failed. */
  readonly error: ReadonlySignal<ApiError | undefined>;
  reload(): void;
  /** Replaces the data until the next load, for example by the answer to a command. */
  set(data: Data): void;
}

export interface ResourceOptions {
  /** Events after which it is loaded again. */
  readonly reloadOn?: readonly EventKind[];
  /** Which of those events concern it; all unless given. */
  readonly isRelevant?: (event: PageEvent) => boolean;
  /** Events load it again after this many ms at the earliest; 200 unless given. */
  readonly minIntervalMs?: number;
  /** Loads it again after this many ms, for what no event announces. */
  readonly everyMs?: number;
}

/** A resource that is not bound to a component. `start` loads it and returns how to stop. */
export function createResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  options: ResourceOptions = {},
): Resource<Data> & { start(): () => void } {
  const data = signal<Data | undefined>(undefined);
  const error = signal<ApiError | undefined>(undefined);
  let controller: AbortController | undefined;
  let isLoading = false;
  let isReloadRequested = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (isLoading) {
      isReloadRequested = true;
      return;
    }
    clearTimeout(timer);
    isLoading = true;
    try {
      const loaded = await load(signal);
      if (signal.aborted) return;
      batch(() => {
        data.value = loaded;
        error.value = undefined;
      });
    } catch (reason) {
      if (signal.aborted) return;
      error.value = toApiError(reason);
    } finally {
      if (!signal.aborted) isLoading = false;
    }
    if (isReloadRequested) {
      isReloadRequested = false;
      return run(signal);
    }
    failures = isTemporary(error.peek()) ? failures + 1 : 0;
    const wait = failures > 0 ? retryDelay(failures) : options.everyMs;
    if (wait !== undefined) timer = setTimeout(() => void run(signal), wait);
  }

  return {
    data,
    error,
    reload: () => {
      if (controller !== undefined) void run(controller.signal);
    },
    set: (value) => {
      data.value = value;
    },
    start() {
      const started = new AbortController();
      controller = started;
      const burst = atMostEvery(options.minIntervalMs, () => void run(started.signal));
      const unsubscribe = onEvents(options.reloadOn ?? [], (event) => {
        if (event.kind === 'reset' || options.isRelevant?.(event) !== false) burst.request();
      });
      void run(started.signal);
      const stopFollowing = effect(() => {
        if (connection.value !== 'live' || !isTemporary(error.peek())) return;
        untracked(() => void run(started.signal));
      });
      return () => {
        started.abort();
        unsubscribe();
        stopFollowing();
        burst.cancel();
        clearTimeout(timer);
        isLoading = false;
        isReloadRequested = false;
        if (controller === started) controller = undefined;
      };
    },
  };
}

function isTemporary(error: ApiError | undefined): boolean {
  return error !== undefined && (error.code === 'NETWORK' || error.status === 503);
}

/**
 * A resource for the lifetime of a component. A changed dependency replaces it by a new one without data.
 * @param dependencies the outside values that `load` reads, compared one by one
 */
export function useResource<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  dependencies: readonly (string | number | boolean | null | undefined)[],
  options?: ResourceOptions,
): Resource<Data> {
  const key = JSON.stringify(dependencies);
  const current = useRef<{ key: string; resource: ReturnType<typeof createResource<Data>> } | undefined>(
    undefined,
  );
  if (current.current?.key !== key) current.current = { key, resource: createResource(load, options) };
  const { resource } = current.current;
  useEffect(() => resource.start(), [resource]);
  return resource;
}

/** The JSON answer of a path, as a resource for the lifetime of a component. */
export function useJson<Answer>(path: string, options?: ResourceOptions): Resource<Answer> {
  return useResource((signal) => getJson<Answer>(path, { signal }), [path], options);
}
