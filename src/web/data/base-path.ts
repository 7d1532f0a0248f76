const script = import.meta.url;

/**
 * The path below which a proxy serves the service, without a slash at the end: `/paperdesk`, mostly empty. The build puts
 * every script one folder below it; the page and its workers know it from there.
 */
export const BASE_PATH = new URL('..', script).pathname.replace(/\/$/, '');

/** An address of the page's host as views name it: `/paperdesk/packages?model=a` is `/packages?model=a`. */
export function withoutBase(address: string): string {
  return address.slice(BASE_PATH.length).replace(/^(?!\/)/, '/');
}
