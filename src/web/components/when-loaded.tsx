import type { ComponentChildren } from 'preact';
import { connection } from '../data/events.ts';
import type { Resource } from '../data/resource.ts';
import { Skeleton } from './loading.tsx';
import { ErrorNotice } from './messages.tsx';

interface WhenLoadedProps<Data> {
  readonly resource: Resource<Data>;
  /** Lines of the skeleton; about as high as the content. */
  readonly lines?: number;
  readonly children: (data: Data) => ComponentChildren;
}

/** Renders the data of a resource, a skeleton until there is any, and above both the error of the last load. */
export function WhenLoaded<Data>({ resource, lines = 5, children }: WhenLoadedProps<Data>) {
  const data = resource.data.value;
  const error = resource.error.value;
  // The notice above the view says it once for all of them.
  const isSaidAbove = error?.code === 'NETWORK' && connection.value === 'offline';
  return (
    <>
      {!isSaidAbove && <ErrorNotice error={error} onRetry={resource.reload} />}
      {data !== undefined ? children(data) : error === undefined && <Skeleton lines={lines} />}
      {data === undefined && isSaidAbove && <p class="not-loaded">This comes when the service answers.</p>}
    </>
  );
}
