import type { ComponentChildren } from 'preact';
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
  return (
    <>
      <ErrorNotice error={error} onRetry={resource.reload} />
      {data !== undefined ? children(data) : error === undefined && <Skeleton lines={lines} />}
    </>
  );
}
