import type { StoreLocation } from './connection.ts';

/** A store for people: without user and password. */
export function storeName(location: StoreLocation): string {
  if (location.kind === 'sqlite') return `file:${location.file}`;
  const { hostname, port, pathname } = new URL(location.url);
  return `postgres://${hostname}:${port || 5432}${pathname}`;
}
