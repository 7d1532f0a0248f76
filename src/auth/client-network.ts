import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What wrong passwords are counted by: an IPv4 address, or the /64 network of an IPv6 address, because one machine has all
 * of its addresses. Other text stays as it is.
 * @param address undefined for a client that has left: its connection has no address any more, whatever Fastify's types say
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'gone';
  const ipv4 = MAPPED_IPV4.exec(address)?.[1];
  const plain = address.replace(/%.*$/, '');
  if (ipv4 !== undefined || !isIPv6(plain)) return ipv4 ?? address;
  // In its shortest form, with groups of digits only.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const zeros = 8 - groups(head).length - groups(tail ?? '').length;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')];
  return `${all.slice(0, 4).join(':')}::/64`;
}
